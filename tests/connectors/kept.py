"""What pages amount to when they are stored as the store's port says (syncer/words/tables.py)."""

import json


class Kept:
    """Rows by table: the newest row of a key, the children of a parent's newest page, whole slices, sweeps that end."""

    def __init__(self, tables):
        self.tables = {table.name: table for table in tables}
        self.cursor = {}
        self._stored = {name: [] for name in self.tables}
        self._sweep = dict.fromkeys(self.tables, 0)
        self._page = 0

    def add(self, page):
        self._page += 1
        for name in page.begins:
            self._sweep[name] += 1
        for name, slices in page.replaced.items():
            place = list(self.tables[name].columns).index(self.tables[name].partition)
            self._stored[name] = [kept for kept in self._stored[name] if str(kept[2][place]) not in slices]
        for name, rows in page.rows.items():
            assert all(len(row) == len(self.tables[name].columns) for row in rows)
            self._stored[name] += [(self._page, self._sweep[name], tuple(row)) for row in rows]
        for name in page.completes:
            self._stored[name] = [kept for kept in self._stored[name] if kept[1] == self._sweep[name]]
        self.cursor = json.loads(json.dumps(page.cursor))

    def pull(self, connector, as_of, most=None):
        """Take pages up to `most`; how many there were."""
        taken = 0
        for page in connector.pull(self.cursor, as_of):
            self.add(page)
            taken += 1
            if taken == most:
                break
        return taken

    def rows(self, name):
        """The current rows, sorted."""
        table = self.tables[name]
        newest = {}
        if table.parent:
            pages = self._pages(table.parent)
            newest = {row: row for page, _, row in self._stored[name] if pages.get(row[0]) == page}
        else:
            places = [list(table.columns).index(column) for column in table.key]
            for _, _, row in self._stored[name]:
                newest[tuple(row[place] for place in places)] = row
        return sorted(newest.values(), key=repr)

    def all(self):
        return {name: self.rows(name) for name in self.tables}

    def records(self, name):
        """Rows as dicts by their first column."""
        return {row[0]: dict(zip(self.tables[name].columns, row, strict=True)) for row in self.rows(name)}

    def _pages(self, parent):
        return {row[0]: page for page, _, row in self._stored[parent]}
