from sussurro_client.library import Received, enter

with enter("echo") as room:
    for event in room:
        if isinstance(event, Received) and event.live and event.text and not event.private:
            room.send(f"You said: {event.text}")
