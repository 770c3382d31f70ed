"""The state machine of money: what customers, phones, M-Pesa and engines may do, and what must hold."""
