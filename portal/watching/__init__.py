"""What operators are shown and warned of: measured values, rules, alarms, a page, numbers for machines.

Everything measured is a count, an age or a word of ours; nobody's name and nothing of anybody's health.
"""
