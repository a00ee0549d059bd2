from pathlib import Path

from pydantic import SecretStr

from liandong.channel_doubts import channel_doubts
from liandong.city_folder import read_city
from linkage.config import LinkageSettings, MessageSettings
from tests.support.small_city import write_small_city


def test_channel_that_no_setting_has_is_doubtful(tmp_path: Path):
    city = read_city(write_small_city(tmp_path / "city"))
    configured = LinkageSettings(messages=MessageSettings(channels={"duty": SecretStr("json://hooks.example")}))

    assert list(channel_doubts(city, LinkageSettings())) == [
        "Expected a channel of `[linkage.messages]`, got `duty` - at `departments.yaml`"
    ]
    assert list(channel_doubts(city, configured)) == []
