"""Copy the rules and the dashboard to where kustomize can read them.

A component of kustomize reads nothing outside of its own folder, and a rule of the
Prometheus operator is an object around the file that Prometheus itself reads.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RULES = ROOT / "services/prometheus/rules.yml"
DASHBOARD = ROOT / "services/grafana/dashboards/sussurro.json"
COMPONENT = ROOT / "k8s/components/monitoring"

_HEAD = """\
# Written by `make manifests` from services/prometheus/rules.yml: change that one.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: sussurro
  labels:
    app.kubernetes.io/part-of: sussurro
spec:
"""


def why_nothing_to_copy() -> str | None:
    """Return a sentence where the rules or the dashboard are not there."""
    missing = [str(path.relative_to(ROOT)) for path in (RULES, DASHBOARD) if not path.exists()]
    return f"nothing to copy: {' and '.join(missing)} not written yet" if missing else None


def copies() -> dict[Path, str]:
    """Return what each file of the component is to hold."""
    rules = "".join(
        f"  {line}" if line.strip() else line for line in RULES.read_text().splitlines(True)
    )
    return {
        COMPONENT / "prometheus-rule.yaml": _HEAD + rules,
        COMPONENT / "dashboard.json": DASHBOARD.read_text(),
    }


def main() -> int:
    """Write the copies; the exit code is 0 also where there is nothing to copy."""
    reason = why_nothing_to_copy()
    if reason:
        sys.stderr.write(f"{reason}\n")
        return 0
    for path, text in copies().items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
