"""Takes out of raw bytes who somebody is, before anything keeps them: refused messages and samples of unknown sensors.

Decoders never pass these members on. What is kept of a message that no decoder understood goes through here; the bytes
are searched as they are, since a message that nobody could parse is what quarantine is for.
"""

import re

#: Put in place of what is taken out.
REMOVED = b"~"

#: Members by which makers name plates, people, cards, networks and secrets (Axis, Hikvision, Frigate, Tasmota).
_NAMES = (
    rb"(?:recognized_?)?licen[cs]e_?plate(?:_?(?:no|number|text))?|plate(?:_?(?:no|number|text))?|number_?plate"
    rb"|sub_?labels?|card_?(?:no|number)|employee_?no(?:string)?|person_?name|user_?name|owner_?name|driver_?name|uid"
    rb"|b?ssid|imsi|token|password|pass_?key|api_?key|phone(?:_?number)?|e_?mail|face_?id|identity_?key"
)
_JSON = re.compile(
    rb'("(?:' + _NAMES + rb')"\s*:\s*)(?:"(?:[^"\\\r\n]|\\.)*"?|\[[^\[\]]*\]?|-?\d[\d.eE+-]*)', re.IGNORECASE
)
#: The same in a document within a text: `"data": "{\\"plate\\": …}"`.
_WITHIN = re.compile(rb'(\\"(?:' + _NAMES + rb')\\"\s*:\s*)(?:\\"[^"\\\r\n]*(?:\\")?|-?\d[\d.eE+-]*)', re.IGNORECASE)
_ELEMENT = re.compile(rb"(<(?:\w+:)?(?:" + _NAMES + rb")(?:\s[^<>]*)?>)[^<]*", re.IGNORECASE)
_ITEM = re.compile(rb'(Name="(?:' + _NAMES + rb')"\s+Value=")[^"]*', re.IGNORECASE)
_FORM = re.compile(rb"((?:^|&)(?:" + _NAMES + rb")=)[^&\s]*", re.IGNORECASE)
#: The password of an HJ 212 frame, whose length stays, since the frame says it.
_FRAME_PASSWORD = re.compile(rb"(##\d{4}[^&]{0,200};PW=)([^;&]{1,50})(?=;)")


def redacted(payload: bytes) -> bytes:
    """Return a payload without the values of members that say who somebody is or open a door."""
    payload = _JSON.sub(rb'\1"' + REMOVED + rb'"', payload)
    payload = _WITHIN.sub(rb'\1\\"' + REMOVED + rb'\\"', payload)
    payload = _FRAME_PASSWORD.sub(lambda found: found.group(1) + REMOVED * len(found.group(2)), payload)
    payload = _FORM.sub(rb"\1" + REMOVED, payload)
    payload = _ELEMENT.sub(rb"\1" + REMOVED, payload)
    return _ITEM.sub(rb"\1" + REMOVED, payload)
