"""Words of other languages that mean one quantity wherever they stand, as people call the values of their own devices.

Written without accents, in lower case, their parts with a line between; what may mean a setting, a lamp or a trade in
its language (`Strom`, `luz`, `niveau`) is not among them.
"""

import unicodedata


def _each(quantity: str, words: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), quantity)


#: Spanish, Portuguese, Italian, French, German, Dutch, Scandinavian, Polish, Russian; Chinese in Latin letters.
FOREIGN: dict[str, str] = {
    **_each("temperature", "temperatura temperatur temperatuur temperature_air lufttemperatur raumtemperatur"),
    **_each("temperature", "temperatura_ambiente temperatura_aire temperatura_aria temperature_ambiante температура"),
    **_each("humidity", "humedad humedad_relativa humedad_aire umidade umidita umidita_relativa humidite"),
    **_each("humidity", "humidite_relative luftfeuchtigkeit luftfeuchte feuchtigkeit feuchte relative_feuchte"),
    **_each("humidity", "luchtvochtigheid vochtigheid luftfuktighet luftfugtighed wilgotnosc влажность"),
    **_each("pressure", "presion pressao pressione pression cisnienie давление"),
    **_each("atmospheric_pressure", "presion_atmosferica pressao_atmosferica pressione_atmosferica luftdruck"),
    **_each("atmospheric_pressure", "pression_atmospherique luchtdruk lufttryck presion_barometrica"),
    **_each("dew_point", "taupunkt punto_rocio point_de_rosee ponto_orvalho"),
    **_each("wind_speed", "windgeschwindigkeit velocidad_viento velocidade_vento velocita_vento windsnelheid"),
    **_each("wind_speed", "vitesse_vent vitesse_du_vent velocidad_del_viento"),
    **_each("wind_direction", "windrichtung direccion_viento direcao_vento direzione_vento windrichting"),
    **_each("wind_direction", "direction_vent direction_du_vent direccion_del_viento"),
    **_each("precipitation", "niederschlag lluvia chuva pioggia precipitacion neerslag regenmenge pluie"),
    **_each("water_level", "wasserstand pegelstand pegel waterstand nivel_agua nivel_de_agua niveau_eau livello_acqua"),
    **_each("water_flow", "caudal durchfluss"),
    **_each("filling_level", "fuellstand fullstand nivel_de_llenado niveau_de_remplissage"),
    **_each("soil_moisture", "humedad_suelo humedad_del_suelo umidade_solo bodenfeuchte bodenfeuchtigkeit"),
    **_each("soil_moisture", "umidita_suolo umidita_terreno humidite_sol bodemvochtigheid"),
    **_each("soil_temperature", "temperatura_suelo temperatura_solo bodentemperatur temperature_sol"),
    **_each("water_temperature", "temperatura_agua wassertemperatur temperature_eau temperatura_acqua"),
    **_each("conductivity", "conductividad condutividade conducibilita leitfaehigkeit leitfahigkeit"),
    **_each("turbidity", "turbidez torbidita turbidite truebung trubung"),
    **_each("battery_level", "bateria batteria batterie batterij"),
    **_each("power", "leistung potencia potenza puissance vermogen"),
    **_each("voltage", "spannung voltaje tensione spanning"),
    **_each("energy", "energia energie"),
    # Czech, Finnish, Hungarian, Turkish, Indonesian, Vietnamese; Japanese and Korean
    **_each("temperature", "teplota lampotila homerseklet sicaklik suhu nhiet_do nhietdo 気温 온도"),
    **_each("humidity", "vlhkost kosteus paratartalom nem kelembapan kelembaban do_am doam 습도"),
    **_each("pressure", "tlak paine basinc tekanan"), **_each("atmospheric_pressure", "気圧 기압"),
    **_each("wind_speed", "ruzgar_hizi kecepatan_angin 風速 풍속"), **_each("wind_direction", "arah_angin 風向 풍향"),
    **_each("precipitation", "curah_hujan 降水量 강수량"), **_each("voltage", "tegangan"), **_each("current", "arus"),
    **_each("water_level", "tinggi_air ketinggian_air 수위"),
    # Chinese in Latin letters, as names of members of devices
    **_each("temperature", "wendu"), **_each("humidity", "shidu"), **_each("wind_speed", "fengsu"),
    **_each("wind_direction", "fengxiang"), **_each("water_level", "shuiwei yewei"),
    **_each("atmospheric_pressure", "qiya daqiya"), **_each("noise_level", "zaosheng"),
    **_each("illuminance", "guangzhao"), **_each("voltage", "dianya"), **_each("current", "dianliu"),
}  # fmt: skip


def plainly(word: str) -> str:
    """Return a word without its accents."""
    apart = unicodedata.normalize("NFKD", word)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return bare if bare.isascii() else word
