"""Evaluation: what the event log says about departments, posts, areas and rules, period by period."""
