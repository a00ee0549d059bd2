"""What is said of a warning that the city issued: a pure function from one of its issues to a notice."""

from collections.abc import Mapping
from typing import Any

from linkage.cap.atlas import Atlas
from linkage.cap.notice import SEVERITY_OF, Notice
from linkage.cap.words import Category, Certainty, ResponseType, Urgency
from linkage.warnings.categories import CATEGORIES

#: The Chinese and English words of the colours, for headlines (CMA Order 16 of 2007).
_COLOURS = {
    "blue": ("蓝色", "Blue"),
    "yellow": ("黄色", "Yellow"),
    "orange": ("橙色", "Orange"),
    "red": ("红色", "Red"),
}

#: What is warned of that is not weather (CAP 1.2 §3.2.2).
_CATEGORY_OF = {
    "waterlogging": Category.ENV,
    "flood": Category.ENV,
    "landslide": Category.GEO,
    "air_pollution": Category.ENV,
    "fire": Category.FIRE,
    "power": Category.INFRA,
    "water_supply": Category.INFRA,
    "health": Category.HEALTH,
    "other": Category.OTHER,
}


def about_warning(issue: Mapping[str, Any], atlas: Atlas) -> Notice:
    """Return what one issue says, with `category` and `drill` of its warning beside it.

    A person issued it, so it is approved for the public; what a drill says never is (`composing.is_public`).
    """
    zh, en = CATEGORIES[issue["category"]]
    colour_zh, colour_en = _COLOURS[issue["level"]]
    over = issue["kind"] == "cancel"
    districts = issue["districts"] if issue["districts"] else [""]
    return Notice(
        subject=f"warning:{issue['warning']}",
        event={"zh": zh, "en": en},
        headline={
            "zh": f"{'解除' if over else ''}{zh}{colour_zh}预警",
            "en": f"{colour_en} warning: {en}{' is over' if over else ''}",
        },
        description={
            "zh": f"{issue['area']}。{issue['cautions']} 发布单位：{issue['issuer']}",
            "en": f"{issue['area']}. {issue['cautions']} Issued by {issue['issuer']}",
        },
        instruction={"zh": issue["measures"], "en": issue["measures"]},
        category=_CATEGORY_OF.get(issue["category"], Category.MET),
        urgency=Urgency.IMMEDIATE if issue["level"] in {"orange", "red"} else Urgency.EXPECTED,
        severity=SEVERITY_OF[issue["level"]],
        certainty=Certainty.LIKELY,  # a warning comes before harm
        response_types=(ResponseType.PREPARE,),
        colour=issue["level"],
        event_code=issue["category"],
        places=tuple(atlas.place(district) for district in districts),
        onset_ns=issue["starts_ns"],
        expires_ns=issue["ends_ns"],
        drill=issue["drill"],
        approved=True,
        over=over,
    )
