"""A city of a dozen sensors, two rules and four departments: enough for every story, quick to start."""

from pathlib import Path

_EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "haibin"

_CITY = """
timezone = "Asia/Shanghai"
center = [122.9, 36.2]
zoom = 12
bounds = [122.8, 36.1, 123.0, 36.3]
[name]
zh = "小城"
en = "Smallville"
[districts]
harbour = { zh = "港口区", en = "Harbour" }
hills = { zh = "山区", en = "Hills" }
"""

_HEADER = (
    "id,name,name_en,domain,kind,longitude,latitude,district,grid,site,upstream,interval_s,quantities,"
    "authority,owner,maintainer,installed,tags,recorded\n"
)

#: Everything up to the district; site, upstream and interval; quantities; maintainer; tags.
_SENSORS = (
    ("up-01,下穿水位一,Underpass 1,environment,underpass_level,122.90,36.20,harbour",
     "underpass-01,,", "water_level", "water-bureau", "underpass"),
    ("up-02,下穿水位二,Underpass 2,environment,underpass_level,122.91,36.21,harbour",
     "underpass-02,,", "water_level", "water-bureau", "underpass"),
    ("rack-01,机柜一进风,Rack 1 inlet,machine_room,inlet_probe,122.92,36.20,hills",
     "room-1,gw-1,", "temperature;humidity", "data-bureau", ""),
    ("beat-01,心跳一,Heartbeat 1,machine_room,inlet_probe,122.92,36.20,hills",
     "room-1,gw-1,1", "humidity", "data-bureau", "beating"),
    ("air-01,港口空气站,Harbour air,environment,air_station,122.90,36.21,harbour",
     ",,", "pm25;temperature", "water-bureau", ""),
    ("det-01,和顺路线圈,Heshun detector,traffic,loop_detector,122.90,36.20,harbour",
     ",,", "speed;flow", "traffic-police", "main"),
    ("cam-01,和顺路摄像机,Heshun camera,video,camera,122.9001,36.2001,harbour",
     "underpass-01,,", "video_fps", "traffic-police", ""),
    ("cam-02,远处摄像机,Far camera,video,camera,122.95,36.25,hills",
     ",,", "video_fps", "traffic-police", ""),
)  # fmt: skip

#: Sensors that nothing else speaks for, for runs of many messages.
CROWD = tuple(f"crowd-{number:02d}" for number in range(1, 13))

_RULES = """\
rules:
  - id: underpass-water
    name: {zh: 下穿通道积水, en: Underpass flooding}
    kind: threshold
    source: "GB 50014: at most 15 cm in one lane; 27 cm underpass stop line"
    select: {domain: environment, quantity: water_level, kinds: [underpass_level]}
    unit: cm
    levels:
      major: {above: 15, clear: 12, hold: 0s}
      critical: {above: 27, clear: 22, hold: 0s}
    incident:
      class: road_water
      priority: {major: 2, critical: 1}
      departments: [water-bureau, traffic-police]
      first_actions: {zh: [封闭通道], en: [Close the underpass]}
  - id: inlet-temperature
    name: {zh: 机柜进风温度过高, en: Rack inlet too warm}
    kind: threshold
    source: "GB 50174-2017 Annex A: inlet 18 to 27 °C"
    select: {domain: machine_room, quantity: temperature}
    unit: °C
    levels:
      notice: {above: 27, clear: 26, hold: 0s}
      critical: {above: 32, clear: 31, hold: 0s}
    incident:
      class: machine_room
      priority: {notice: 4, critical: 1}
      departments: [data-bureau]
      life_safety: true
  - id: heartbeat
    name: {zh: 心跳中断, en: Heartbeat lost}
    kind: silence
    source: "Set by this city: five missed beats"
    select: {domain: machine_room, tags: [beating]}
    levels:
      notice: {intervals: 5}
    incident:
      class: machine_room
      priority: {notice: 5}
      departments: [data-bureau]
"""

_DEPARTMENTS = """\
departments:
  - {id: supervision-centre, name: {zh: 监督中心, en: Supervision}, axis: supervision, level: city, channels: [duty]}
  - {id: command-centre, name: {zh: 指挥中心, en: Command Centre}, axis: command, level: city, channels: [duty]}
  - {id: water-bureau, name: {zh: 水务局, en: Water and Drainage}, axis: department, level: city, channels: [duty]}
  - {id: traffic-police, name: {zh: 交警支队, en: Traffic Police}, axis: department, level: city, channels: [duty]}
  - {id: data-bureau, name: {zh: 大数据局, en: Data Bureau}, axis: department, level: city, channels: [duty]}
"""

_STANDARDS = """\
classes:
  - id: road_water
    name: {zh: 道路积水, en: Road flooding}
    code: "0506"
    verify_min: 30
    file_min: 15
    dispatch_min: 15
    handle_h: 2
    check_min: 30
    closing: {zh: 积水退去, en: The water is gone}
    source: "City case standard 0506: 2 urgent hours"
  - id: machine_room
    name: {zh: 机房环境异常, en: Machine room environment}
    code: "9901"
    verify_min: 15
    file_min: 15
    dispatch_min: 15
    handle_h: 4
    check_min: 30
    closing: {zh: 恢复, en: Back in range}
    source: "GB 50174-2017 Annex A"
  - id: congestion
    name: {zh: 交通拥堵, en: Traffic congestion}
    code: "9911"
    verify_min: 30
    file_min: 15
    dispatch_min: 15
    handle_h: 1
    check_min: 30
    closing: {zh: 恢复畅通, en: Traffic flows again}
    source: "GB/T 33171-2016; limit set by this city"
"""

_REPORTS = """\
hotlines:
  - {id: "12345", name: {zh: 市民服务热线, en: Citizens' hotline}, number: "12345"}
classes:
  - class: road_water
    priority: 2
    departments: {"*": water-bureau}
"""

_COMPONENTS = """\
id,kind,class,name,name_en,longitude,latitude,district,maintainer
9901010103000001,manhole,0103,和顺路雨水井盖,Heshun Road rainwater cover,122.9002,36.2,harbour,water-bureau
9901019901000001,team,9901,排涝一队,Drainage team 1,122.903,36.2,harbour,water-bureau
9901019902000001,pump,9902,和顺路泵站,Heshun Road pump,122.901,36.2,harbour,water-bureau
"""

_SOURCES = """\
[[route]]
filter = "v3/+/devices/+/up"
decoder = "tts_v3"
[[route]]
filter = "fiware/#"
decoder = "fiware"
[[route]]
filter = "telegraf/#"
decoder = "influx_line"
"""

_FLOOD_PLAN = """\
id: flood
name: {zh: 内涝应急预案, en: Flood plan}
event_class: natural_disaster
area: city
version: "2026.1"
approved_by: City
valid_from: 2026-01-01
next_review: 2099-01-01
source: "Emergency Response Law 2024 Art. 28"
incident_class: road_water
levels:
  IV:
    expected_h: 6
    commander: {role: leader, name: {zh: 局长, en: Director}}
    measures: {zh: 排水, en: Pump}
    triggers:
      need: 1
      of:
        - id: spot
          name: {zh: 下穿严重积水, en: An underpass deep under water}
          incidents: {classes: [road_water], level: critical}
    tasks:
      - {id: pump, department: water-bureau, action: {zh: 泵车到场, en: Pumps on site}, within: 30 minute}
  III:
    expected_h: 12
    commander: {role: leader, name: {zh: 副市长, en: Vice-mayor}}
    measures: {zh: 封路, en: Close roads}
    tasks:
      - id: close
        department: traffic-police
        action: {zh: 断交, en: Close the road}
        within: 15 minute
        report_every_min: 30
drills:
  - {id: exercise, name: {zh: 下穿演练, en: Underpass exercise}, title: {zh: 下穿积水, en: Underpass under water},
     priority: 2, district: hills, level: IV,
     sensors: [{sensor: up-02, quantity: water_level, every_s: 1, points: [[0, 2], [0.05, 31], [5, 31]]}]}
"""

_NOTHING = '{"type":"FeatureCollection","features":[]}\n'


def write_small_city(folder: Path) -> Path:
    """Write the city's folder and return it."""
    (folder / "rules").mkdir(parents=True)
    (folder / "plans").mkdir()
    files = {
        "city.toml": _CITY,
        "sensors.csv": _HEADER + "".join(_line(*sensor) for sensor in (*_SENSORS, *_crowd())),
        "rules/rules.yaml": _RULES,
        "rules/recorded.yaml": (_EXAMPLE / "rules" / "recorded.yaml").read_text("utf-8"),
        "departments.yaml": _DEPARTMENTS,
        "case-standards.yaml": _STANDARDS,
        "sources.toml": _SOURCES,
        "holidays.toml": "national = false\n",  # no year comes that nobody has published
        "reports.yaml": _REPORTS,
        "components.csv": _COMPONENTS,
        "quantities.toml": "",
        "plans/flood.yaml": _FLOOD_PLAN,
        "basemap.geojson": _NOTHING,
        "grids.geojson": _NOTHING,
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def _crowd() -> list[tuple[str, str, str, str, str]]:
    what = "{0},众测{0},Crowd {0},environment,underpass_level,122.93,36.22,hills"
    return [(what.format(id_), ",,", "water_level", "water-bureau", "") for id_ in CROWD]


def _line(what: str, behind: str, quantities: str, keeper: str, tags: str) -> str:
    return f"{what},,{behind},{quantities},{keeper},{keeper},{keeper},2024-01-01,{tags},\n"
