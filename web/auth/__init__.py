"""Who is asking: the session cookie, the middleware that turns it into an actor, login and logout."""
