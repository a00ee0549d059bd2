import pytest

from city.errors import BadCityFile
from city.toml_lines import parse_toml
from ingest.fairness.bucket import Rate
from ingest.fairness.shares import Shares, Source, read_shares


def read(text: str) -> Shares:
    return read_shares(parse_toml(text, "s.toml"))


def test_sources_have_quotas_weights_and_topics():
    text = (
        "[quota]\nmessages_per_s = 10_000\nburst_s = 5\n"
        '[[source]]\nname = "gw"\ntopics = ["a/#"]\nbytes_per_s = 1e6\nweight = 2\nfirst = true\n'
        '[[source]]\nname = "roof"\ntopics = ["b/+"]\n'
    )

    assert read(text) == Shares(
        Rate(10_000.0, None, 5.0),
        (Source("gw", ("a/#",), Rate(None, 1e6), weight=2.0, first=True), Source("roof", ("b/+",))),
    )


@pytest.mark.parametrize(
    ("text", "bounded"),
    [
        pytest.param("", False, id="nothing said"),
        pytest.param('[[source]]\nname = "a"\ntopics = ["a"]\nweight = 3\n', False, id="a weight is no bound"),
        pytest.param('[[source]]\nname = "a"\ntopics = ["a"]\nmessages_per_s = 3\n', True, id="a source's quota"),
        pytest.param("[quota]\nbytes_per_s = 3\n", True, id="the city's"),
    ],
)
def test_without_a_quota_nothing_is_bounded(text, bounded):
    assert read(text).bounded is bounded


SOURCE = '[[source]]\nname = "a"\ntopics = ["a/#"]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("quota = 3", "Expected a table `[quota]`, got `int`", id="no table"),
        pytest.param("[quota]\nspeed = 3", "got `speed` - at `s.toml:2`", id="unknown key"),
        pytest.param("[quota]\nmessages_per_s = 0", "a number above 0, at most 1e+09, got `0`", id="no rate"),
        pytest.param("[quota]\nburst_s = true", "`burst_s` a number above 0", id="no number"),
        pytest.param("[source]", "tables `[[source]]`", id="one table"),
        pytest.param('[[source]]\ntopics = ["a"]', "`name`, at most 64 characters", id="no name"),
        pytest.param('[[source]]\nname = "others"\ntopics = ["a"]', "not `others`", id="the name of the rest"),
        pytest.param('[[source]]\nname = "a"', "`topics`, a list of MQTT topic filters, got `nothing`", id="no topics"),
        pytest.param('[[source]]\nname = "a"\ntopics = ["a#"]', "MQTT topic filters, got `a#`", id="no filter"),
        pytest.param(SOURCE + 'first = "yes"', "`first` true or false", id="no flag"),
        pytest.param(SOURCE * 2, "a name that no other source has, got `a` - at `s.toml:5`", id="name taken"),
        pytest.param(
            SOURCE + '[[source]]\nname = "b"\ntopics = ["a/b"]', "not those of `a`, got `a/b`", id="topics taken"
        ),
    ],
)
def test_mistake_is_named_with_its_place(text, message):
    with pytest.raises(BadCityFile) as caught:
        read(text)

    assert message in str(caught.value)
