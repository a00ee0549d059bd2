"""Plans for tests: a small city's flood plan with three levels, and one with as many departments as one likes."""

FLOOD_PLAN = """\
id: flood
name: {zh: 内涝预案, en: Flood plan}
event_class: natural_disaster
area: city
version: "1"
approved_by: 市政府
valid_from: 2026-01-01
next_review: 2029-01-01
source: "Emergency Response Law 2024 Art. 28"
incident_class: road_water
lower_after_min: 30
together: {radius_m: 800, within_min: 30, classes: [road_water]}
levels:
  IV:
    expected_h: 6
    commander: {role: leader, name: {zh: 局长, en: Director}}
    measures: {zh: 排水, en: Pump}
    triggers:
      need: 1
      of:
        - id: spot
          name: {zh: 一处积水, en: One spot}
          incidents: {classes: [road_water], level: major}
    tasks:
      - id: pump
        department: water
        action: {zh: 泵车到场, en: Pumps on site}
        within: 30 minute
        report_every_min: 60
  III:
    expected_h: 12
    commander: {role: leader, name: {zh: 副市长, en: Vice-mayor}}
    measures: {zh: 封路, en: Close roads}
    triggers:
      need: 2
      of:
        - id: spots
          name: {zh: 两处积水, en: Two spots}
          incidents: {classes: [road_water], at_least: 2, level: major}
        - id: warning
          name: {zh: 暴雨黄色预警, en: Rainstorm yellow}
          warning: {category: rainstorm, level: yellow}
        - id: lasting
          name: {zh: 持续两小时, en: For two hours}
          incidents: {classes: [road_water], lasting_min: 120}
    tasks:
      - {id: close, department: police, action: {zh: 断交, en: Close}, within: 15 minute, report_every_min: 30}
      - id: levels
        department: water
        action: {zh: 报水位, en: Report levels}
        within: 1 urgent_hour
        report_every_min: 30
  II:
    expected_h: 24
    commander: {role: leader, name: {zh: 市长, en: Mayor}}
    measures: {zh: 转移, en: Move people}
    tasks:
      - {id: power, department: power, action: {zh: 保电, en: Keep power}, within: 1 urgent_hour, ack: false}
drills:
  - id: east
    name: {zh: 东门演练, en: East exercise}
    title: {zh: 东门下穿积水, en: East underpass flooded}
    priority: 2
    district: east
    level: IV
    warning: {category: rainstorm, level: yellow}
    injects: [{after_min: 10, text: {zh: 一车被困, en: A car is trapped}}]
"""


def wide_plan(departments: int) -> str:
    """Return a plan whose level IV calls up so many departments, `d000` and following."""
    tasks = "\n".join(
        f"      - {{id: t{one:03d}, department: d{one:03d}, action: {{zh: 出动, en: Go}}, within: 30 minute,"
        " report_every_min: 60}"
        for one in range(departments)
    )
    return f"""\
id: wide
name: {{zh: 总体预案, en: Overall plan}}
event_class: accident
area: city
version: "1"
approved_by: 市政府
valid_from: 2026-01-01
next_review: 2029-01-01
source: test
incident_class: road_water
levels:
  IV:
    expected_h: 6
    commander: {{role: leader, name: {{zh: 市长, en: Mayor}}}}
    measures: {{zh: 出动, en: Go}}
    tasks:
{tasks}
"""
