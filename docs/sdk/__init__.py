"""The resource layers of the SDKs, written from the OpenAPI document."""
