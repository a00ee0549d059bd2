"""Draws Haibin, the invented port city of the examples: `python -m scripts.haibin` writes its folder anew."""
