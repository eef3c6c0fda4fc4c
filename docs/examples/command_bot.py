import json
from datetime import UTC, datetime
from subprocess import PIPE, Popen

ANSWERS = {
    "!time": lambda: datetime.now(UTC).strftime("It is %H:%M UTC."),
    "!help": lambda: "Write one of these: " + ", ".join(ANSWERS),
}
COMMAND = ["sussurro", "chat", "--json", "--name", "bot"]

with Popen(COMMAND, stdin=PIPE, stdout=PIPE, text=True) as chat:
    for line in chat.stdout:
        event = json.loads(line)
        if event["event"] == "message" and not event["history"] and event["text"] in ANSWERS:
            answer = {"text": ANSWERS[event["text"]](), "reply_to": event["id"]}
            print(json.dumps(answer), file=chat.stdin, flush=True)
