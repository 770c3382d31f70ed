"""Work that apps further right do when a workspace is closed; the ref is its id."""

# End its calls, and give up its paid storage.
CLOSE_CALLS = "calls.close_workspace"
# Give its numbers back, with the credit for the days that were not used.
CLOSE_NUMBERS = "numbers.close_workspace"
