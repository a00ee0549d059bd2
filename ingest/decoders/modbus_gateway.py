"""Modbus gateways: routers that read registers and publish them, decoded or as bare numbers, and where they are."""

import re
from typing import Any, TypeGuard

from city.errors import UndecodableMessage
from city.measurement import Decoded, Measurement, Observation
from ingest.decoders.family import Body
from ingest.decoders.json_body import parse_json
from ingest.decoders.options import DecoderOptions
from ingest.decoders.sentinels import is_no_value
from ingest.decoders.times import time_of
from ingest.decoders.topic_names import known_sensor
from ingest.decoders.values import checked_name, number, number_with_unit
from ingest.reasons import Reason
from ingest.telemetry import METRICS_DROPPED

#: Teltonika's topics name the router by its serial number: `…/SN/6003790403/…`.
_SERIAL = re.compile(r"(?:.*/)?SN/([^/]+)(?:/.*)?")
_SERIAL_KEYS = ("router_sn", "serial_number", "serial", "sn")
#: Members of one request in "Data to Server", whose `data` is a list of registers written as text.
_REQUEST = frozenset({"server_name", "data"})
#: Members of which any body of this family has one.
_SIGNS = frozenset({"GPS", "registers", "params", "rw_prot", "values", "server_name"})
#: In which members gateways of USR IOT wrap a report.
_REPORTS = ("params", "rw_prot")
#: Members of a measuring point in a report by controllers (InHand), by which it is known.
_POINT = frozenset({"raw_data", "status"})
#: What a point says of its own reading where nothing is wrong with it.
_SOUND = (None, 0, "0", "")
_WORD = 1 << 16
_POSITION = ("latitude", "longitude", "altitude")


class ModbusGatewayDecoder:
    """Decodes registers that the gateway has named, and bare ones whose meaning the route tells."""

    def __init__(self, options: DecoderOptions) -> None:
        self._options = options

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return named registers and the speed of a moving router as readings, and its position as an event."""
        body = parse_json(payload)
        if isinstance(body, list) and body and all(_is_request(item) for item in body):
            return Decoded([one for item in body for one in self._request(item)])
        if not isinstance(body, dict):
            raise _unknown(type(body).__name__)
        if _is_request(body):
            return Decoded(self._request(body))
        if isinstance(body.get("registers"), list):
            return Decoded(self._options.told(self._registers(topic, body)))
        if isinstance(body.get("GPS"), dict):
            return self._position(topic, body["GPS"])
        if (report := _of_report(body)) is not None:
            return Decoded(self._options.told(_report(topic, report)))
        if _is_by_controller(body):
            return Decoded(self._options.told(_controllers(topic, body)))
        raise _unknown(", ".join(body))

    def _registers(self, topic: str, body: dict[str, Any]) -> list[Measurement]:
        sensor = _router(topic, body)
        server = body.get("bserver_id", body.get("server_id", body.get("slave_id")))
        if isinstance(server, str | int) and not isinstance(server, bool):
            sensor = checked_name(f"{sensor}/{server}", at="$")
        time_ns = time_of(body.get("timestamp"), self._options.zone)
        found = []
        for register in body["registers"]:
            measurement = _register(sensor, register) if isinstance(register, dict) else None
            if measurement is not None:
                measurement.time_ns = time_ns
                found.append(measurement)
        return found

    def _request(self, item: dict[str, Any]) -> list[Measurement]:
        """Return the registers whose meaning the route tells; nothing of a request that it does not mention."""
        meanings = self._options.registers.get(str(item.get("name")), ())
        if not meanings:
            return []
        sensor = checked_name(item["server_name"], at="$.server_name")
        words = _words(item["data"])
        time_ns = time_of(item.get("timestamp"), self._options.zone)
        found = []
        for meaning in meanings:
            word = number(words[meaning.place], at="$.data") if meaning.place < len(words) else None
            if word is not None:
                plain = word - _WORD if meaning.signed and word >= _WORD // 2 else word
                found.append(Measurement(sensor, meaning.quantity, plain * meaning.scale, meaning.unit, time_ns))
        return found

    def _position(self, topic: str, gps: dict[str, Any]) -> Decoded:
        sensor = _router(topic, gps)
        time_ns = time_of(gps.get("date_iso_8601"), self._options.zone)
        decoded = Decoded()
        speed = number(gps.get("speed"), at="$.GPS.speed")
        if speed is not None:
            decoded.measurements = self._options.told([Measurement(sensor, "speed", speed, None, time_ns)])
        place = {key: number(gps.get(key), at=f"$.GPS.{key}") for key in _POSITION}
        attributes: dict[str, str | float | bool] = {key: value for key, value in place.items() if value is not None}
        if {"latitude", "longitude"} <= attributes.keys():
            decoded.observations.append(Observation(sensor, "position", time_ns, attributes))
        return decoded


def bears(body: Body) -> bool:
    """Return whether a body is one of this family's."""
    if isinstance(body.json, list):
        return bool(body.json) and all(_is_request(item) for item in body.json)
    if _SIGNS.isdisjoint(body.members):
        return False
    gps = body.members.get("GPS")
    is_position = isinstance(gps, dict) and {"latitude", "longitude"} <= gps.keys()
    is_decoded = isinstance(body.members.get("registers"), list) and bool(
        {*_SERIAL_KEYS, "bserver_id"} & body.members.keys()
    )
    is_report = _of_report(body.members) is not None or _is_by_controller(body.members)
    return is_position or is_decoded or is_report or _is_request(body.members)


def _is_request(item: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(item, dict) and item.keys() >= _REQUEST and isinstance(item["data"], str | list)


def _of_report(body: dict[str, Any]) -> dict[str, Any] | None:
    """Return what a gateway of USR IOT wraps its report of named points in; None for any other body."""
    wrapped = (body.get(name) for name in _REPORTS)
    return next((one for one in wrapped if isinstance(one, dict) and isinstance(one.get("r_data"), list)), None)


def _is_by_controller(body: dict[str, Any]) -> bool:
    """Return whether this is a group of points, each below the controller that it was read from."""
    values = body.get("values")
    points = [points for points in values.values() if isinstance(points, dict)] if isinstance(values, dict) else []
    first = next((point for inner in points for point in inner.values()), None)
    return isinstance(first, dict) and first.keys() >= _POINT


def _controllers(topic: str, body: dict[str, Any]) -> list[Measurement]:
    """Return the points whose status says that they were read; what stands for another is no value."""
    found = []
    for controller, points in body["values"].items():
        sensor = checked_name(controller, at="$.values")
        for name, point in points.items() if isinstance(points, dict) else ():
            is_read = isinstance(point, dict) and point.get("status") == 1
            said = {"name": name, "value": point.get("raw_data")} if is_read else {}
            measurement = _register(sensor, said)
            if measurement is not None:
                moments = (point.get("timestamp"), body.get("timestamp"))
                measurement.time_ns = next((at for one in moments if (at := time_of(one)) is not None), None)
                found.append(measurement)
    return found


def _report(topic: str, params: dict[str, Any]) -> list[Measurement]:
    """Return the points; one with an error could not be read, and what stands there is no value."""
    sensor = known_sensor(params.get("id"), topic=topic)
    points = [point for point in params["r_data"] if isinstance(point, dict) and point.get("err") in _SOUND]
    return [one for point in points if (one := _register(sensor, point)) is not None]


def _words(data: str | list[Any]) -> list[Any]:
    """Return the registers of a request, which some firmware writes as a text."""
    words = parse_json(data.encode()) if isinstance(data, str) else data
    if not isinstance(words, list):
        raise UndecodableMessage(Reason.WRONG_SHAPE, expected="a list of registers", got=data, at="$.data")
    return words


def _router(topic: str, body: dict[str, Any]) -> str:
    found = _SERIAL.fullmatch(topic)
    said = (body.get(key) for key in _SERIAL_KEYS)
    return known_sensor(found.group(1) if found is not None else None, *said, topic=topic)


def _register(sensor: str, register: dict[str, Any]) -> Measurement | None:
    """Return a register's value; one without a name keeps its address."""
    parsed = number_with_unit(register.get("value"), at="$.registers.value")
    name = register.get("name") or register.get("addr", register.get("address"))
    if parsed is None or isinstance(name, bool) or not isinstance(name, str | int):
        return None
    unit = register.get("unit")
    told = checked_name(unit, at="$.registers.unit") if isinstance(unit, str) and unit else parsed[1]
    quantity = checked_name(name if isinstance(name, str) else f"register {name}", at="$.registers.name")
    if is_no_value(quantity, parsed[0], told):
        METRICS_DROPPED.labels("sentinel").inc()
        return None
    return Measurement(sensor, quantity, parsed[0], told)


def _unknown(got: str) -> UndecodableMessage:
    return UndecodableMessage(Reason.WRONG_SHAPE, expected="registers or a position", got=got, at="$")
