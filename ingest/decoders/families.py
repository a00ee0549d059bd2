"""The table of payload families; a new one is a new file and a line here."""

from ingest.decoders import (
    ais,
    axis,
    chirpstack_v4,
    collectd,
    dahua,
    datex2,
    digitraffic,
    domoticz,
    fiware,
    frigate,
    hikvision,
    hj212,
    hsl_hfp,
    influx_line,
    last_will,
    lpwan_servers,
    lwm2m,
    milesight_gateway,
    milesight_vs,
    modbus_gateway,
    nb_iot,
    one_m2m,
    onvif_mqtt,
    opc_ua,
    opensensemap,
    owntracks,
    plain,
    plc_tags,
    purpleair,
    redfish,
    rtl_433,
    senml,
    sensor_community,
    sensorthings,
    smartcitizen,
    sparkplug_b,
    telegraf_json,
    thingpark_loriot,
    traffic_lanes,
    tts_v3,
    ups,
    wmbus,
)
from ingest.decoders.ais import AisDecoder
from ingest.decoders.axis import AxisDecoder
from ingest.decoders.chirpstack_v4 import ChirpstackV4Decoder
from ingest.decoders.collectd import CollectdDecoder
from ingest.decoders.dahua import DahuaDecoder
from ingest.decoders.datex2 import Datex2Decoder
from ingest.decoders.digitraffic import DigitrafficDecoder
from ingest.decoders.domoticz import DomoticzDecoder
from ingest.decoders.family import Family
from ingest.decoders.fiware import FiwareDecoder
from ingest.decoders.frigate import FrigateDecoder
from ingest.decoders.ha_discovery import HaDiscoveryDecoder
from ingest.decoders.hikvision import HikvisionDecoder
from ingest.decoders.hj212 import Hj212Decoder
from ingest.decoders.homie import HomieDecoder
from ingest.decoders.hsl_hfp import HslHfpDecoder
from ingest.decoders.last_will import LastWillDecoder
from ingest.decoders.lpwan_servers import LpwanServersDecoder
from ingest.decoders.lwm2m import Lwm2mDecoder
from ingest.decoders.milesight_gateway import MilesightGatewayDecoder
from ingest.decoders.milesight_vs import MilesightVsDecoder
from ingest.decoders.modbus_gateway import ModbusGatewayDecoder
from ingest.decoders.nb_iot import NbIotDecoder
from ingest.decoders.one_m2m import OneM2mDecoder
from ingest.decoders.onvif_mqtt import OnvifMqttDecoder
from ingest.decoders.opc_ua import OpcUaDecoder
from ingest.decoders.opensensemap import OpenSenseMapDecoder
from ingest.decoders.owntracks import OwnTracksDecoder
from ingest.decoders.plain import PlainDecoder
from ingest.decoders.plc_tags import PlcTagsDecoder
from ingest.decoders.purpleair import PurpleAirDecoder
from ingest.decoders.redfish import RedfishDecoder
from ingest.decoders.rtl_433 import Rtl433Decoder
from ingest.decoders.senml import SenmlDecoder
from ingest.decoders.sensor_community import SensorCommunityDecoder
from ingest.decoders.sensorthings import SensorThingsDecoder
from ingest.decoders.smartcitizen import SmartCitizenDecoder
from ingest.decoders.sparkplug_b import SparkplugDecoder
from ingest.decoders.telegraf_json import TelegrafDecoder, TelegrafJsonDecoder
from ingest.decoders.thingpark_loriot import ThingparkLoriotDecoder
from ingest.decoders.traffic_lanes import TrafficLanesDecoder
from ingest.decoders.tts_v3 import TtsV3Decoder
from ingest.decoders.ups import UpsDecoder
from ingest.decoders.wmbus import WmbusDecoder
from ingest.templates.product import product_family

#: In the order in which bodies are tried: what has the plainest signature comes first.
FAMILIES: dict[str, Family] = {
    "sparkplug_b": Family(learner=SparkplugDecoder, filters=("spBv1.0/#",), topics=sparkplug_b.TOPIC),
    "opc_ua": Family(OpcUaDecoder, bears=opc_ua.bears),
    "plc_tags": Family(PlcTagsDecoder, topics=plc_tags.TOPICS, bears=plc_tags.bears),
    "domoticz": Family(DomoticzDecoder, bears=domoticz.bears),
    "collectd": Family(CollectdDecoder, bears=collectd.bears),
    "hj212": Family(Hj212Decoder, filters=("hj212/#",), bears=hj212.bears),
    "datex2": Family(Datex2Decoder, bears=datex2.bears),
    "redfish": Family(RedfishDecoder, bears=redfish.bears),
    "sensor_community": Family(SensorCommunityDecoder, bears=sensor_community.bears),
    "thingpark_loriot": Family(ThingparkLoriotDecoder, bears=thingpark_loriot.bears),
    "milesight_gateway": Family(MilesightGatewayDecoder, bears=milesight_gateway.bears),
    "hsl_hfp": Family(HslHfpDecoder, topics=hsl_hfp.TOPICS, bears=hsl_hfp.bears),
    "rtl_433": Family(Rtl433Decoder, topics=rtl_433.TOPICS, bears=rtl_433.bears),
    "purpleair": Family(PurpleAirDecoder, bears=purpleair.bears),
    "modbus_gateway": Family(ModbusGatewayDecoder, bears=modbus_gateway.bears),
    "ups": Family(learner=UpsDecoder, bears=ups.bears),
    "owntracks": Family(OwnTracksDecoder, bears=owntracks.bears),
    "ais": Family(AisDecoder, bears=ais.bears),
    "wmbus": Family(WmbusDecoder, bears=wmbus.bears),
    "one_m2m": Family(OneM2mDecoder, bears=one_m2m.bears),
    "lwm2m": Family(Lwm2mDecoder, bears=lwm2m.bears),
    "digitraffic": Family(DigitrafficDecoder, topics=digitraffic.TOPICS, bears=digitraffic.bears),
    "tts_v3": Family(TtsV3Decoder, filters=("v3/+/devices/#",), bears=tts_v3.bears),
    "lpwan_servers": Family(LpwanServersDecoder, topics=lpwan_servers.TOPICS, bears=lpwan_servers.bears),
    "nb_iot": Family(NbIotDecoder, topics=nb_iot.TOPICS, bears=nb_iot.bears),
    "fiware": Family(FiwareDecoder, filters=fiware.FILTERS, bears=fiware.bears),
    "shelly": product_family("shelly"),
    "tasmota": product_family("tasmota"),
    "zigbee2mqtt": product_family("zigbee2mqtt"),
    "victron": product_family("victron"),
    "dsmr": product_family("dsmr"),
    "smartcitizen": Family(SmartCitizenDecoder, filters=("device/sck/#",), bears=smartcitizen.bears),
    "sensorthings": Family(
        learner=SensorThingsDecoder, filters=("v1.0/#", "v1.1/#"), topics=sensorthings.TOPIC, bears=sensorthings.bears
    ),
    "homie": Family(learner=HomieDecoder, filters=("homie/#",)),
    "ha_discovery": Family(learner=HaDiscoveryDecoder, filters=("homeassistant/#",), first=True),
    "opensensemap": Family(OpenSenseMapDecoder, bears=opensensemap.bears),
    "esphome": product_family("esphome"),
    "chirpstack_v4": Family(
        ChirpstackV4Decoder, filters=("application/+/device/+/event/+",), bears=chirpstack_v4.bears
    ),
    "axis": Family(AxisDecoder, filters=("axis/+/event/#",), bears=axis.bears, first=True),
    "onvif_mqtt": Family(OnvifMqttDecoder, topics=onvif_mqtt.TOPIC, first=True),
    "hikvision": Family(HikvisionDecoder, bears=hikvision.bears, first=True),
    "dahua": Family(DahuaDecoder, bears=dahua.bears),
    "traffic_lanes": Family(TrafficLanesDecoder, bears=traffic_lanes.bears),
    "milesight_vs": Family(MilesightVsDecoder, bears=milesight_vs.bears),
    "frigate": Family(FrigateDecoder, filters=("frigate/#",), bears=frigate.bears, first=True),
    "senml": Family(SenmlDecoder, bears=senml.bears),
    "telegraf_json": Family(TelegrafJsonDecoder, bears=telegraf_json.bears),
    "influx_line": Family(TelegrafDecoder, filters=("telegraf/#",), bears=influx_line.bears),
    "last_will": Family(LastWillDecoder, bears=last_will.bears),
    "plain": Family(PlainDecoder, bears=plain.bears),
}
