"""What is whose: a user with a district sees that district, and what belongs to none."""

from api.users import User


def sees_district(user: User, district: str) -> bool:
    """Tell whether what stands in `district` is this user's to see."""
    return not user.district or not district or user.district == district
