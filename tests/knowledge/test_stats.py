from __future__ import annotations

import json
from pathlib import Path

from interviewer.knowledge.bank import load_bank
from interviewer.knowledge.stats import bank_stats

CODING = """\
---
section: coding
topic: sums
---

## Sum a list.
<!-- id: sum | kind: coding | level: 3 -->

```python
total = sum([1])
```

### Follow-ups
- In shell?
  > ```sh
  > bc
  > ```

### Starter
```python
total = 0
```
"""


def test_a_bank_is_counted(small_bank_dir: Path) -> None:
    (small_bank_dir / "sums.md").write_text(CODING, encoding="utf-8")

    stats = bank_stats(load_bank(small_bank_dir))

    assert stats == {
        "questions": 3,
        "by_section": {"ml-fundamentals": 2, "coding": 1},
        "by_kind": {"concept": 2, "coding": 1},
        "by_level": {"1": 1, "2": 1, "3": 1},
        "key_points": 7,
        "follow_ups": 5,
        "code_blocks": 3,
    }
    assert json.loads(json.dumps(stats)) == stats
