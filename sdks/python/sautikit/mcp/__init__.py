"""The MCP server `sautikit mcp`: what an assistant may do with a workspace."""
