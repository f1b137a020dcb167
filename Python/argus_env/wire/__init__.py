"""The codec of AWP/1, the Argus wire protocol (`Documentation/wire-protocol.md`); it needs NumPy and no sockets.

    constants       numbers of messages, flags, statuses; names of capabilities and error codes
    header          part 0 of a message: `unpack_header`, `pack_header`, `pack_header_into`, `check_message`
    canonical       JSON in one way only: `dumps`, `loads`
    fields          reads a JSON object key by key, with errors that name the key
    handshake       metas of HELLO and WELCOME, and what follows from both
    metas           metas of all other messages
    specification   what an instance is: agents, sizes, bounds; its bytes and their hash
    descriptor      what can be known of an environment without an instance
    frames          types and shapes of the data frames, worked out once for an instance
    texts           several texts in two frames
    errors          `ProtocolError`

Everything that is received is checked; whatever is wrong raises `ProtocolError`, and nothing else does.
"""

from argus_env.wire.errors import ProtocolError as ProtocolError
