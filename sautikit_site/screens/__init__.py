"""Every page of the product, visited in a browser: photographed, judged and weighed."""
