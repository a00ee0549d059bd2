import pytest

from ingest.privacy import redacted


@pytest.mark.parametrize(
    ("payload", "kept"),
    [
        pytest.param(b'{"plate": "AB-123", "state": true}', b'{"plate": "~", "state": true}', id="a plate"),
        pytest.param(b'{"licensePlate":"AB 1\\"2"}', b'{"licensePlate":"~"}', id="an escaped quote"),
        pytest.param(b'{"sub_label": ["Bob", 0.9]}', b'{"sub_label": "~"}', id="a list"),
        pytest.param(b'{"RC522":{"UID":"BA839D07"}}', b'{"RC522":{"UID":"~"}}', id="a card"),
        pytest.param(b'{"cardNo": 12345}', b'{"cardNo": "~"}', id="a number"),
        pytest.param(b'{"plate": "AB-123', b'{"plate": "~"', id="a message cut off"),
        pytest.param(b'{"plate": "AB-123",}', b'{"plate": "~",}', id="no JSON"),
        pytest.param(
            b"<ANPR><licensePlate>AB123</licensePlate></ANPR>", b"<ANPR><licensePlate>~</licensePlate></ANPR>", id="XML"
        ),
        pytest.param(
            b'<tt:SimpleItem Name="PlateNumber" Value="AB123"/>',
            b'<tt:SimpleItem Name="PlateNumber" Value="~"/>',
            id="ONVIF",
        ),
        pytest.param(
            b'{"templates": "x", "temperature": 3}', b'{"templates": "x", "temperature": 3}', id="another word"
        ),
        pytest.param(
            b'{"data": "{\\"plate\\": \\"AB-123\\", \\"card_no\\": 12, \\"temp\\": 3}"}',
            b'{"data": "{\\"plate\\": \\"~\\", \\"card_no\\": \\"~\\", \\"temp\\": 3}"}',
            id="a document within a text",
        ),
        pytest.param(b"PASSKEY=A1&tempf=50.1&token=x", b"PASSKEY=~&tempf=50.1&token=~", id="a form"),
        pytest.param(b"\xff\xd8plate", b"\xff\xd8plate", id="a picture"),
    ],
)
def test_personal_data_is_taken_out(payload: bytes, kept: bytes):
    assert redacted(payload) == kept
