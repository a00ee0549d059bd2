import pytest
from pydantic import SecretStr, ValidationError

from storage.config import DatabaseSettings, HistorySettings


def test_secrets_are_starred() -> None:
    shown = (
        f"{HistorySettings(token=SecretStr('secret'))} {DatabaseSettings(url=SecretStr('postgresql://u:secret@h/d'))}"
    )

    assert "secret" not in shown


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"url": "http://db/city/raw"}, id="another scheme"),
        pytest.param({"threads": 0}, id="no threads"),
        pytest.param({"retention_days": 0}, id="no retention"),
        pytest.param({"retntion_days": 30}, id="unknown key"),
    ],
)
def test_wrong_setting_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HistorySettings.model_validate(wrong)
