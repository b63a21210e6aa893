"""What every capability stands on: settings, clock, database, facts, jobs, errors, coordinates, web, log."""
