"""What a city can warn of: the weather signals of CMA Order 16 (2007), and hazards that have no signal of their own."""

#: Category -> its name in Chinese and English.
CATEGORIES: dict[str, tuple[str, str]] = {
    "typhoon": ("台风", "Typhoon"),
    "rainstorm": ("暴雨", "Rainstorm"),
    "snowstorm": ("暴雪", "Snowstorm"),
    "cold_wave": ("寒潮", "Cold wave"),
    "gale": ("大风", "Gale"),
    "sandstorm": ("沙尘暴", "Sand and dust"),
    "heat": ("高温", "Heat"),
    "drought": ("干旱", "Drought"),
    "lightning": ("雷电", "Lightning"),
    "hail": ("冰雹", "Hail"),
    "frost": ("霜冻", "Frost"),
    "fog": ("大雾", "Fog"),
    "haze": ("霾", "Haze"),
    "road_ice": ("道路结冰", "Road ice"),
    "waterlogging": ("内涝", "Waterlogging"),
    "storm_surge": ("风暴潮", "Storm surge"),
    "flood": ("洪水", "Flood"),
    "landslide": ("地质灾害", "Landslide"),
    "air_pollution": ("重污染天气", "Heavy air pollution"),
    "fire": ("火险", "Fire danger"),
    "power": ("电力供应", "Power supply"),
    "water_supply": ("供水", "Water supply"),
    "health": ("公共卫生", "Public health"),
    "other": ("其他", "Other"),
}
