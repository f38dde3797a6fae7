"""An export of a thousand people, killed three times, and what is kept held against the sandbox's truth.

python -m tests.population            1,000 people: PEOPLE= RESOURCES= KILLS=
"""
