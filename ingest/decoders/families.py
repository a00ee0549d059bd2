"""The table of payload families; a new one is a new file and a line here."""

from ingest.decoders import chirpstack_v4, fiware, hj212, influx_line, senml, telegraf_json, tts_v3
from ingest.decoders.chirpstack_v4 import ChirpstackV4Decoder
from ingest.decoders.family import Family
from ingest.decoders.fiware import FiwareDecoder
from ingest.decoders.hj212 import Hj212Decoder
from ingest.decoders.senml import SenmlDecoder
from ingest.decoders.sparkplug_b import SparkplugDecoder
from ingest.decoders.telegraf_json import TelegrafDecoder, TelegrafJsonDecoder
from ingest.decoders.tts_v3 import TtsV3Decoder
from ingest.templates.product import product_family

#: In the order in which bodies are tried: what has the plainest signature comes first.
FAMILIES: dict[str, Family] = {
    "sparkplug_b": Family(learner=SparkplugDecoder, filters=("spBv1.0/#",)),
    "hj212": Family(Hj212Decoder, filters=("hj212/#",), bears=hj212.bears),
    "tts_v3": Family(TtsV3Decoder, filters=("v3/+/devices/#",), bears=tts_v3.bears),
    "fiware": Family(FiwareDecoder, filters=("/+/+/attrs", "/json/+/+/attrs"), bears=fiware.bears),
    "shelly": product_family("shelly"),
    "tasmota": product_family("tasmota"),
    "zigbee2mqtt": product_family("zigbee2mqtt"),
    "smartcitizen": product_family("smartcitizen"),
    "esphome": product_family("esphome"),
    "chirpstack_v4": Family(
        ChirpstackV4Decoder, filters=("application/+/device/+/event/+",), bears=chirpstack_v4.bears
    ),
    "senml": Family(SenmlDecoder, bears=senml.bears),
    "telegraf_json": Family(TelegrafJsonDecoder, bears=telegraf_json.bears),
    "influx_line": Family(TelegrafDecoder, filters=("telegraf/#",), bears=influx_line.bears),
}
