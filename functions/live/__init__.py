"""Live: who is connected, what they listen to, and how to tell them.

Owns the WebSocket connections; promises that a message reaches every listener of a channel that can be reached
in time, that no listener waits for another, and that dead connections are forgotten. It knows nothing of what a
channel means: the context that owns the thing decides who may listen, and says when it has changed.
"""

from live.posting import tell
from live.store import ConnectionEnded, Listener, anybody, listen, listeners, person_of

__all__ = ["ConnectionEnded", "Listener", "anybody", "listen", "listeners", "person_of", "tell"]
