"""How pages that Django writes itself, the back office, write dates: as all our others do."""
