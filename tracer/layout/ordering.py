"""The order of the nodes within each row: a depth-first start, barycentre sweeps and swaps of neighbours, to have few crossings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort

Rows = list[list[int]]
Adjacency = list[list[int]]

MAX_SWEEPS = 8
MAX_IDLE_SWEEPS = 2
MAX_SWAP_ROUNDS = 4
MAX_PAIRS = 64  # beyond, sorting beats looking at all pairs


def starting_rows(layers: list[int], up: Adjacency, down: Adjacency) -> Rows:
    """Rows filled by walking up from each sink, depth first, so that what belongs together starts side by side."""
    rows: Rows = [[] for _ in range(max(layers, default=-1) + 1)]
    seen = [False] * len(layers)
    for sink in range(len(layers) - 1, -1, -1):
        if down[sink] or seen[sink]:
            continue
        seen[sink] = True
        stack = [sink]
        while stack:
            node = stack.pop()
            rows[layers[node]].append(node)
            for above in reversed(up[node]):
                if not seen[above]:
                    seen[above] = True
                    stack.append(above)
    return rows


def count_crossings(rows: Rows, position: list[int], down: Adjacency) -> int:
    """Crossings between neighbouring rows; ``position[node]`` is the node's place in its row."""
    crossings = 0
    for row in rows:
        if len(row) < 2:
            continue
        ends: list[int] = []
        for node in row:
            below = down[node]
            if len(below) == 1:
                end = position[below[0]]
                crossings += len(ends) - bisect_right(ends, end)
                insort(ends, end)
            elif below:
                own = [position[other] for other in below]
                for end in own:
                    crossings += len(ends) - bisect_right(ends, end)
                for end in own:
                    insort(ends, end)
    return crossings


def order_rows(rows: Rows, up: Adjacency, down: Adjacency) -> int:
    """Reorder ``rows`` in place; returns the number of crossings before the last polish (the swaps only lower it)."""
    position = [0] * len(up)
    for row in rows:
        for place, node in enumerate(row):
            position[node] = place
    wide = [index for index, row in enumerate(rows) if len(row) > 1]
    best = count_crossings(rows, position, down)
    best_rows = {index: rows[index][:] for index in wide}
    idle = 0
    for sweep in range(MAX_SWEEPS):
        if not best or idle > MAX_IDLE_SWEEPS:
            break
        if sweep % 2 == 0:
            _sweep(rows, wide, up, position)
        else:
            _sweep(rows, wide[::-1], down, position)
        crossings = count_crossings(rows, position, down)
        if crossings < best:
            best, idle = crossings, 0
            best_rows = {index: rows[index][:] for index in wide}
        else:
            idle += 1
    for index, row in best_rows.items():
        rows[index][:] = row
        for place, node in enumerate(row):
            position[node] = place
    if best:
        _swap_neighbours([rows[index] for index in wide], up, down, position)
    return best


def _sweep(rows: Rows, indices: list[int], neighbours: Adjacency, position: list[int]) -> None:
    """Sort each row by the mean position of its nodes' neighbours in the row already done."""
    for index in indices:
        row = rows[index]
        mean = {}
        for node in row:
            others = neighbours[node]
            if len(others) == 1:
                mean[node] = float(position[others[0]])
            elif others:
                mean[node] = sum([position[other] for other in others]) / len(others)
            else:
                mean[node] = float(position[node])
        row.sort(key=mean.__getitem__)
        for place, node in enumerate(row):
            position[node] = place


def _swap_neighbours(rows: Rows, up: Adjacency, down: Adjacency, position: list[int]) -> None:
    """Exchange two nodes next to each other wherever that alone removes crossings."""
    for _ in range(MAX_SWAP_ROUNDS):
        moved = False
        for row in rows:
            for place in range(len(row) - 1):
                left, right = row[place], row[place + 1]
                gain = _swap_gain(up[left], up[right], position) + _swap_gain(down[left], down[right], position)
                if gain > 0:
                    row[place], row[place + 1] = right, left
                    position[left], position[right] = place + 1, place
                    moved = True
        if not moved:
            return


def _swap_gain(left: list[int], right: list[int], position: list[int]) -> int:
    """Crossings between the edges of two neighbours, minus those there would be if the two changed places."""
    if not left or not right:
        return 0
    if len(left) * len(right) > MAX_PAIRS:
        return _swap_gain_of_hubs(left, right, position)
    gain = 0
    for one in left:
        one_position = position[one]
        for other in right:
            other_position = position[other]
            if one_position > other_position:
                gain += 1
            elif one_position < other_position:
                gain -= 1
    return gain


def _swap_gain_of_hubs(left: list[int], right: list[int], position: list[int]) -> int:
    """The same for nodes of many edges, in n log n."""
    others = sorted([position[other] for other in right])
    gain = 0
    for one in left:
        gain += bisect_left(others, position[one]) - (len(others) - bisect_right(others, position[one]))
    return gain
