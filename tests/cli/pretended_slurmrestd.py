"""A slurmrestd to talk to in tests: `pretended_slurmrestd.py 40` pretends to be one of Slurm 23.11.

It offers the versions of its interface that such a Slurm offers, and takes and gives what the descriptions of that
version say (recorded from them: names and types of the fields that matter here); anything else it refuses, as the real
one does. Its port is written to the file `port`, each call a line to `calls` and its token one to `tokens`, what was submitted to
`submitted`.
"""
import http.server
import json
import os
import sys

newest = int(sys.argv[1])
OFFERED = {38: [37, 38], 39: [37, 38, 39], 40: [38, 39, 40], 45: [42, 43, 44, 45], 46: [46, 47]}[newest]
jobs = []


def is_number(value):
    return (isinstance(value, dict) and value.get("set") is True and isinstance(value.get("number"), int)
            and value.get("infinite", False) is False)


def is_texts(value):
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def types_of(version):
    """What a job may have, and what it is."""
    fields = dict.fromkeys(
        ["name", "comment", "array", "partition", "account", "qos", "constraints", "current_working_directory",
         "standard_output"], lambda value: isinstance(value, str))
    fields["tasks"] = fields["cpus_per_task"] = lambda value: isinstance(value, int)
    fields["requeue"] = lambda value: isinstance(value, bool)
    if version == 38:
        fields["memory_per_node"] = fields["time_limit"] = lambda value: isinstance(value, int)
        fields["environment"] = lambda value: isinstance(value, dict)
        fields["open_mode"] = lambda value: value in ("append", "truncate")
        fields["signal"] = lambda value: isinstance(value, str)
    else:
        fields["memory_per_node"] = fields["time_limit"] = fields["kill_warning_delay"] = is_number
        fields["environment"] = lambda value: is_texts(value) and all("=" in text for text in value)
        fields["open_mode"] = lambda value: is_texts(value) and all(v.lower() in ("append", "truncate") for v in value)
        fields["kill_warning_signal"] = lambda value: isinstance(value, str)
    if version >= 40:
        fields["script"] = lambda value: value.startswith("#!")
    return fields


def complaint(version, body):
    job, types = body.get("job", {}), types_of(version)
    if version < 40 and not str(body.get("script", "")).startswith("#!"):
        return "Populated \"script\" field is required for job submission"
    if version >= 40 and "script" not in job:
        return "Populated \"script\" field is required for job submission"
    if not job.get("environment"):
        return "environment must be set"
    for key, value in job.items():
        if key not in types or not types[key](value):
            return "unexpected field or type: #/job/%s" % key
    return None


def number(version, value):
    return value if version == 38 else {"set": value is not None, "infinite": False, "number": value or 0}


def records(version):
    """Arrays whose first task runs, and whose others wait in one record."""
    for job in jobs:
        last = int(job["array"].split("-")[1].split("%")[0])
        common = {"name": job["name"], "comment": job["comment"], "array_job_id": number(version, job["id"])}
        yield dict(common, array_task_id=number(version, 0), array_task_string="", nodes="n1", state_reason="None",
                   state_description="", job_state="RUNNING" if version < 40 else ["RUNNING"])
        if last > 0:
            yield dict(common, array_task_id=number(version, None), array_task_string="1-%d" % last, nodes="",
                       state_reason="Priority", state_description="",
                       job_state="PENDING" if version < 40 else ["PENDING"])


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def answer(self, status, body):
        text = json.dumps(dict({"meta": {}, "errors": [], "warnings": []}, **body)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def version(self):
        for version in OFFERED:
            if self.path.startswith("/slurm/v0.0.%d/" % version):
                return version
        return None

    def handle_call(self):
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        with open("calls", "a") as calls:
            print(self.command, self.path, file=calls)
        with open("tokens", "a") as tokens:
            print(self.headers.get("X-SLURM-USER-TOKEN"), file=tokens)
        version = self.version()
        if self.path == "/openapi":
            slash = "/" if newest >= 40 else ""
            self.answer(200, {"openapi": "3.0.3", "paths": {
                "/%s/v0.0.%d/jobs%s" % (what, v, slash): {} for v in OFFERED for what in ("slurm", "slurmdb")}})
        elif version is None:
            self.answer(404, {"errors": [{"error": "Unable to find requested URL"}]})
        elif self.command == "POST" and self.path.endswith("/job/submit"):
            with open("submitted", "w") as submitted:
                json.dump(body, submitted)
            said = complaint(version, body)
            if said:
                self.answer(400, {"errors": [{"description": said, "error_number": 9200, "source": "test"}]})
                return
            jobs.append(dict(body["job"], id=70 + len(jobs)))
            reply = {"job_id": jobs[-1]["id"], "step_id": "batch"}
            self.answer(200, {"result": reply} if version >= 40 else reply)
        elif self.command == "GET" and self.path.endswith("/jobs"):
            self.answer(200, {"jobs": list(records(version))})
        elif self.command == "DELETE":
            name = self.path.split("/")[-1].split("?")[0].split("_")[0]
            jobs[:] = [job for job in jobs if str(job["id"]) != name]
            self.answer(200, {})
        else:
            self.answer(404, {})

    do_GET = do_POST = do_DELETE = handle_call


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open("port.tmp", "w") as port:
    print(server.server_port, file=port)
os.rename("port.tmp", "port")
server.serve_forever()
