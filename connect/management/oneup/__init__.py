"""The parts of `manage.py oneup`: what may be asked, how it is printed, and what is said when it fails."""
