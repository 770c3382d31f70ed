"""The conformance suite of voice documents: real calls, judged by what phones and customers got."""
