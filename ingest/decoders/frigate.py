"""Frigate: object counts of cameras and zones, its own health, and events of tracked objects without who they are."""

from collections.abc import Iterator
from typing import Any

from city.measurement import Decoded, Measurement, Observation, Status
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.options import DecoderOptions
from ingest.decoders.times import time_of
from ingest.decoders.values import checked_name, number, number_with_unit
from ingest.reasons import Reason

#: What is kept of an event. `sub_label` and `recognized_license_plate` say who somebody is, and are not among it.
_KEPT = ("label", "severity", "score", "top_score", "false_positive", "stationary", "start_time", "end_time")
_LISTS = ("current_zones", "entered_zones", "zones", "objects", "audio")
#: Second levels that are no camera or zone.
_NO_CAMERA = frozenset(
    {"events", "reviews", "stats", "available", "restart", "notifications", "tracked_object_update", "triggers",
     "camera_activity", "onConnect", "job_state", "embeddings_reindex_progress", "model_state", "birdseye_layout"}
)  # fmt: skip
#: Third levels that are settings, pictures or summaries.
_NO_LABEL = frozenset(
    {"review_status", "snapshot", "ptz", "ptz_autotracker", "improve_contrast", "motion_threshold", "detect", "audio",
     "motion_contour_area", "motion_detector", "birdseye", "birdseye_mode", "snapshots", "recordings", "enabled",
     "status", "sub_labels", "review_alerts", "review_detections", "notifications", "classification", "suspend"}
)  # fmt: skip
_FPS = ("camera_fps", "process_fps", "detection_fps", "skipped_fps")
#: How loud a camera's surroundings are, as its own topics tell it.
_SOUND = {"audio_dBFS": ("audio_level", "dBFS"), "audio_rms": ("audio_rms", "")}
#: Under which of Frigate's own processes its host stands, and how busy host and graphics processors are.
_HOST, _BUSY = "frigate.full_system", {"cpu": "cpu_usage", "mem": "memory_usage"}
_GRAPHICS = {"gpu": "gpu_usage", "mem": "gpu_memory_usage"}
_STORAGE = {"used": "storage_used", "free": "storage_free", "total": "storage_total"}
_TRUTHS = {"ON": 1.0, "OFF": 0.0}
_MAX_TEXT = 200


class FrigateDecoder:
    """Decodes Frigate's topics; pictures, settings and their echoes say nothing about the city."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what a message says."""
        levels = topic.split("/")[1:]
        leaf = levels[0] if levels else ""
        if leaf == "available" and len(levels) == 1:
            return Decoded(statuses=[Status("frigate", online=payload.strip() == b"online")])
        if leaf == "stats" and len(levels) == 1:
            return Decoded(self._options.told(list(_stats(parse_json(payload)))))
        if (leaf in {"events", "reviews"} and len(levels) == 1) or payload.lstrip()[:1] in {b"{", b"["}:
            return Decoded(observations=list(_events(leaf, parse_json(payload))))
        if leaf in _NO_CAMERA or not 2 <= len(levels) <= 3:
            return Decoded()
        return Decoded(self._options.told(list(_scalar(levels, payload))))


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's: an event, a list of the HTTP API's events, or its health."""
    if body.has("before", "after", "type"):
        after = body.members["after"]
        return isinstance(after, dict) and "camera" in after
    if isinstance(body.json, list) and body.json and isinstance(body.json[0], dict):
        return {"camera", "label", "start_time", "has_clip"} <= body.json[0].keys()
    return body.has("detectors", "detection_fps", "service")


def _scalar(levels: list[str], payload: bytes) -> Iterator[Measurement]:
    """Yield what `<camera or zone>/<label>[/active]`, `…/motion` or `…/audio/<class>` says; a picture says nothing."""
    place, label, last = checked_name(levels[0], at="topic", reason=Reason.BAD_TOPIC), levels[1], levels[2:]
    word = payload[:32].decode("ascii", "replace").strip()
    if label == "audio" and last:
        yield from _audio(place, last[0], word)
    elif label == "motion" and not last:
        if word in _TRUTHS:
            yield Measurement(place, "motion", _TRUTHS[word], "")
    elif label not in _NO_LABEL and last in ([], ["active"]) and word.isascii() and word.isdigit():
        quantity = "object_count_active" if last else "object_count"
        yield Measurement(place, quantity, float(word), "", label=checked_name(label, at="topic"))


def _audio(place: str, kind: str, word: str) -> Iterator[Measurement]:
    parsed = number_with_unit(word, at="audio")
    if kind == "dBFS" and parsed is not None:
        yield Measurement(place, "audio_level", parsed[0], "dBFS", label="audio")
    elif kind == "rms" and parsed is not None:
        yield Measurement(place, "audio_rms", parsed[0], "", label="audio")
    elif word in _TRUTHS and kind not in {"all", "state", "set"}:
        yield Measurement(place, "sound_detected", _TRUTHS[word], "", label=checked_name(kind, at="topic"))


def _stats(body: Any) -> Iterator[Measurement]:  # noqa: ANN401 - any JSON
    members = body if isinstance(body, dict) else {}
    cameras = members.get("cameras", members)  # before 0.13 they lie beside the rest
    for camera, health in _dicts(cameras):
        if "camera_fps" in health:
            yield from _values(camera, health, {name: (name, "1/s") for name in _FPS})
            yield from _values(camera, health, _SOUND, label="audio")
    yield from _values("frigate", members, {"detection_fps": ("detection_fps", "1/s")})
    for detector, health in _dicts(members.get("detectors")):
        yield from _values(detector, health, {"inference_speed": ("inference_time", "ms")})  # its name is wrong
    yield from _busy(members)
    service = members.get("service")
    if isinstance(service, dict):
        yield from _values("frigate", service, {"uptime": ("uptime", "s")})
        for path, disk in _dicts(service.get("storage")):
            yield from _values(f"frigate:{path}", disk, {name: (quantity, "MB") for name, quantity in _STORAGE.items()})
        temperatures = service.get("temperatures")
        for chip, value in temperatures.items() if isinstance(temperatures, dict) else ():
            yield from _values(chip, {"t": value}, {"t": ("device_temperature", "°C")})


def _busy(members: dict[str, Any]) -> Iterator[Measurement]:
    """Yield how busy host and graphics processors are; what each of its own processes takes is no measurement."""
    host = members.get("cpu_usages")
    host = host.get(_HOST) if isinstance(host, dict) else None
    parts = [("frigate", host, _BUSY)] if isinstance(host, dict) else []
    parts += [(f"frigate:{name}", card, _GRAPHICS) for name, card in _dicts(members.get("gpu_usages"))]
    for sensor, said, names in parts:
        for name, quantity in names.items():
            parsed = number_with_unit(said.get(name), at=name)
            if parsed is not None and parsed[1] in (None, "%"):
                yield Measurement(checked_name(sensor, at="$"), quantity, parsed[0], "%")


def _values(
    sensor: str, members: dict[str, Any], names: dict[str, tuple[str, str]], *, label: str = ""
) -> Iterator[Measurement]:
    for name, (quantity, unit) in names.items():
        value = number(members.get(name), at=name)
        if value is not None:
            yield Measurement(checked_name(sensor, at="$"), quantity, value, unit, label=label)


def _dicts(value: object) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, inner in value.items() if isinstance(value, dict) else ():
        if isinstance(inner, dict):
            yield key, inner


def _events(leaf: str, body: Any) -> Iterator[Observation]:  # noqa: ANN401 - any JSON
    for event in body if isinstance(body, list) else [body]:
        phase = event.get("type") if isinstance(event, dict) else None
        after = event.get("after", event) if isinstance(event, dict) else None
        if isinstance(after, dict) and "camera" in after:
            yield _event("review" if leaf == "reviews" or "severity" in after else "object", phase, after)


def _event(kind: str, phase: object, after: dict[str, Any]) -> Observation:
    attributes: dict[str, str | float | bool] = {"phase": phase} if isinstance(phase, str) else {}
    inner = after.get("data")
    for name in _LISTS:
        words = after.get(name, inner.get(name) if isinstance(inner, dict) else None)
        if isinstance(words, list) and words:
            attributes[name] = ", ".join(str(word) for word in words)[:_MAX_TEXT]
    for name in _KEPT:
        value = after.get(name)
        if isinstance(value, bool | str):
            attributes[name] = value if isinstance(value, bool) else value[:_MAX_TEXT]
        elif (plain := number(value, at=name)) is not None:
            attributes[name] = plain
    moments = (after.get("end_time"), after.get("frame_time"), after.get("start_time"))
    time_ns = next((time_ns for said in moments if (time_ns := time_of(said)) is not None), None)
    return Observation(checked_name(after["camera"], at="$.after.camera"), kind, time_ns, attributes)
