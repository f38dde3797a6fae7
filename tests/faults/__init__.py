"""The fault bench: each fault of the list put in for real, and a ledger check after it (`make faults`).

python -m tests.faults            ONLY=F05,F07 SEED=1 KILLS=100 ROUNDS=500 in the environment
"""
