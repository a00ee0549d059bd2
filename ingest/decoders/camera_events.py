"""What cameras of several makers have in common: names of analytics events, and what of them may be kept."""

#: Attributes that say what was seen, and never who: no plate, name, face, colour of clothes or picture.
KEPT = frozenset(
    {"classtypes", "class", "classes", "type", "objecttype", "direction", "likelihood", "confidence", "score", "count",
     "state", "isinside", "ismotion", "logicalstate", "triggered", "reason", "level", "speed", "vehicletype", "lane",
     "laneno", "region", "inputport", "port", "area"}
)  # fmt: skip

#: The last levels of an ONVIF or Axis event topic -> the event's name.
EVENTS = {
    "linedetector/crossed": "line_crossing",
    "linecrossing": "line_crossing",
    "linecrossdetector/crossed": "line_crossing",
    "fielddetector/objectsinside": "intrusion",
    "fielddetector/objectinside": "intrusion",
    "loiteringdetector/objectisloitering": "loitering",
    "motionregiondetector/motion": "motion",
    "cellmotiondetector/motion": "motion",
    "videosource/motionalarm": "motion",
    "tamperdetector/tamper": "tamper",
    "videosource/tampering": "tamper",
    "globalscenechange/imagingservice": "tamper",
    "videosource/signalloss": "video_lost",
    "audioanalytics/audio/detectedsound": "sound",
    "licenseplate": "vehicle_passed",
    "recognition/licenseplate": "vehicle_passed",
    "trigger/digitalinput": "digital_input",
    "io/port": "digital_input",
    "objectcounting": "object_counted",
    "vmd": "motion",
    "vmd3": "motion",
    "motionguard": "motion",
    "sensor/pir": "motion",
    "fenceguard": "intrusion",
    "loiteringguard": "loitering",
    "audiosource/triggerlevel": "sound",
    "io/supervisedport": "digital_input",
    "trigger/relay": "relay",
}

#: Words by which cameras say whether a state holds.
TRUTHS = {
    "1": True,
    "true": True,
    "active": True,
    "on": True,
    "0": False,
    "false": False,
    "inactive": False,
    "off": False,
}


def event_of(topic: str) -> str:
    """Return the name of the event that a topic without namespaces tells of."""
    levels = [level for level in topic.split("/") if level]
    for place in range(len(levels)):
        for end in range(len(levels), place, -1):
            found = EVENTS.get("/".join(levels[place:end]).lower())
            if found is not None:
                return found
    return "/".join(levels[-2:])[:64] if levels else "event"


def truth(value: object) -> bool | None:
    """Return whether a state holds; None for what is no state."""
    if isinstance(value, bool):
        return value
    return TRUTHS.get(str(value).strip().lower()) if isinstance(value, str | int) else None


def told(event: str, *, active: bool | None) -> str:
    """Return the name of an event as it begins, or as it ends."""
    return f"{event}_ended" if active is False else event
