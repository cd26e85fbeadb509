"""Records what the programs of a release say to each other, for the tests that let later programs meet them.

    python3 tests/readers/record_release.py PROGRAMS COMMIT FOLDER

PROGRAMS holds `tungnhactl` and `tungnha-gateway` as that commit built them; FOLDER gets

- conversation.json: every call with its answer, whole, in order; the gateway's keys; what the device showed afterwards;
- home/ and secrets/: the device's folder with everything registered and nothing sent yet (its PIN is PIN below).

Everybody in it is invented, and the keys are those of a platform that served nobody else. Only the standard library."""

import http.client
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

PIN = "592836"
TEAM = "Tổ CNS 12"
# Number, name, birth, sex. The third is written otherwise at the door; the fourth withdraws, the fifth is corrected.
PEOPLE = [
    ("048188999301", "Trần Thị Mỹ Hạnh", "1988-02-09", "female"),
    ("048079999302", "Phạm Đình Khôi", "1979-11-30", "male"),
    ("048165999303", "Huỳnh Thị Sáu", "1965-07-01", "female"),
    ("048092999304", "Võ Quốc Tín", "1992-04-18", "male"),
]
HEADERS = ["authorization", "content-type", "tungnha-protocol"]


class Line(http.server.BaseHTTPRequestHandler):
    """Passes a call on to the gateway and notes it."""

    protocol_version = "HTTP/1.1"
    gateway, calls = None, []

    def log_message(self, *_):
        pass

    def pass_on(self):
        request = self.rfile.read(int(self.headers.get("content-length", 0)))
        at = int(time.time())
        line = http.client.HTTPConnection(self.gateway, timeout=30)
        headers = {name: self.headers[name] for name in HEADERS if name in self.headers}
        line.request(self.command, self.path, request, headers)
        told = line.getresponse()
        answer = told.read()
        call = {"at": at, "method": self.command, "path": self.path, "headers": headers}
        call |= {"request": request.hex(), "status": told.status, "answer": answer.hex()}
        call |= {"content_type": told.headers["content-type"], "version": told.headers["tungnha-protocol"]}
        self.calls.append(call)
        self.send_response(told.status)
        for name, value in [("content-type", told.headers["content-type"]), ("content-length", str(len(answer)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = pass_on


class Programs:
    def __init__(self, programs, folder):
        self.programs, self.folder = pathlib.Path(programs).resolve(), folder

    def run(self, program, *args, given=None):
        env = {"HOME": str(self.folder), "TUNGNHA_PIN": PIN, "PATH": "/usr/bin:/bin"}
        command = [self.programs / program, *map(str, args)]
        ran = subprocess.run(command, input=given, capture_output=True, text=True, env=env, check=False)
        if ran.returncode:
            raise SystemExit(f"{program} {args}: {ran.returncode}\n{ran.stdout}{ran.stderr}")
        lines = ran.stdout.strip().splitlines()
        return json.loads(lines[-1]) if lines else None

    def gateway(self, command, *args):
        return self.run("tungnha-gateway", command, "--data", self.folder / "data", *args)

    def device(self, *args, given=None):
        home = ["--home", self.folder / "home", "--secrets", self.folder / "secrets"]
        return self.run("tungnhactl", *home, *args, given=given and json.dumps(given))

    def knows(self, name):
        """Commands were renamed; the first name that this release has."""
        told = subprocess.run([self.programs / "tungnhactl", "--help"], capture_output=True, text=True, check=True).stdout
        return next(word for word in name if f"  {word} " in told)


def draft(number, name, birth, sex, house="K45/12 Ông Ích Khiêm"):
    scanned = lambda value: {"value": value, "source": "scanned"}
    signature = {"signer": "myself", "manner": "drawn", "strokes": [12, 40, 13, 44, 19, 52, 30, 41]}
    return {
        "name": scanned(name),
        "birth": scanned(birth),
        "sex": scanned(sex),
        "pin": scanned(number),
        "issued": "2022-05-10",
        "residence": {"commune": "20242", "group": "Tổ 12", "house": house},
        "phone": {"number": "0905000301", "owner": "myself"},
        "consent": {"notice": 1, "account": True, "contact": True, "help": False, "read_aloud": True, "signatures": [signature]},
    }


def record(programs, commit, out):
    folder = pathlib.Path(tempfile.mkdtemp())
    run = Programs(programs, folder)
    rows = ["pin,name,birth,sex,deceased"] + [",".join(person) + ",0" for person in PEOPLE]
    population = "\n".join(rows) + "\n"
    (folder / "people.csv").write_text(population, encoding="utf-8")
    serve = ["serve", "--listen", "127.0.0.1:0", "--realm", "development", "--plain-http", "--opener-delay-ms", "2000"]
    serve += ["--data", str(folder / "data"), "--population", str(folder / "people.csv")]
    town = subprocess.Popen([run.programs / "tungnha-gateway", *serve], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        started = json.loads(town.stdout.readline())["listening"]
        Line.gateway = started.removeprefix("http://")
        line = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Line)
        threading.Thread(target=line.serve_forever, daemon=True).start()
        invite = ["--team", TEAM, "--commune", "20242", "--operator", "Lê Thị Tập", "--operator", "Võ Văn Sự"]
        invitation = run.gateway("invite", *invite)["invitation"]
        states, undecided = talk(run, f"http://127.0.0.1:{line.server_port}", invitation)
    finally:
        town.terminate()
        town.wait()
    keys = {f"{part}/{path.name}": path.read_bytes().hex() for part in ("keys", "opener") for path in sorted((folder / "data" / part).iterdir()) if path.suffix in (".key", ".der")}
    said = {
        "about": f"What tungnhactl and tungnha-gateway of commit {commit} said to each other over loopback, by record_release.py.",
        "invitation": invitation,
        "team": TEAM,
        "people": ["Lê Thị Tập", "Võ Văn Sự"],
        "population": population,
        "keys": keys,
        "states": states,
        "undecided": undecided,
        "calls": Line.calls,
    }
    for name in ("home", "secrets"):
        shutil.rmtree(out / name, ignore_errors=True)
        shutil.copytree(folder / f"{name}.unsent", out / name)
    (out / "conversation.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(folder)


def talk(run, url, invitation):
    """States by registration before the last correction, and how many calls were made before it."""
    run.device("device", "enrol", "--gateway", url, "--invitation", invitation, "--secret", "file")
    sheet = run.gateway("cards", "--team", TEAM, "--out", run.folder / "sheet.pdf")
    run.device("sync")
    register, cards = run.knows(["register", "enroll"]), run.knows(["blanks", "card-pool"])
    save = lambda person, **more: run.device(register, given=draft(*person, **more))["rid"]
    accepted = save(PEOPLE[0])
    twice = save(PEOPLE[0], house="K45/14 Ông Ích Khiêm")
    otherwise = (PEOPLE[2][0], "Huỳnh Thị Sau", *PEOPLE[2][2:])
    refused = save((PEOPLE[2][0], "Nguyễn Thị Sáu", *PEOPLE[2][2:]))
    withdrawn = save(PEOPLE[3])
    run.device("withdraw", withdrawn)
    corrected = save(PEOPLE[1])
    run.device("correct", corrected, given=draft(*PEOPLE[1], house="K7/3 Đống Đa"))
    run.device(cards, "spoil", sheet["first"])
    for name in ("home", "secrets"):
        shutil.copytree(run.folder / name, run.folder / f"{name}.unsent")
    run.device("sync")
    time.sleep(5)
    run.device("sync")
    rids = {"accepted": accepted, "possible_duplicate": twice, "refused": refused, "withdrawn": withdrawn, "corrected": corrected}
    states = {rid: run.device("show", rid)["state"] for rid in rids.values()}
    undecided = len(Line.calls)
    run.device("correct", refused, given=draft(*otherwise))
    run.device("sync")
    time.sleep(5)
    run.device("sync")
    states[f"{refused} later"] = run.device("show", refused)["state"]
    return states, undecided


if __name__ == "__main__":
    record(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]))
