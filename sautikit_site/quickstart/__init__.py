"""The quickstart as a program: what a newcomer does, step by step, with checks."""
