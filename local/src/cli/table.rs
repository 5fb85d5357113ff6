//! Lines whose columns begin below each other.

/// The widths of the columns: that of the widest cell so far, so that a later page is no narrower
/// than the one before.
pub(super) struct Table<const COLUMNS: usize>([usize; COLUMNS]);

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// Nothing was written yet.
    pub(super) const fn new() -> Self {
        Self([0; COLUMNS])
    }

    /// A line for each row.
    pub(super) fn lines(&mut self, rows: &[[String; COLUMNS]]) -> Vec<String> {
        for row in rows {
            for (width, cell) in self.0.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let line = |row: &[String; COLUMNS]| {
            let cells = row.iter().zip(self.0);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            cells.join("  ").trim_end().to_owned()
        };
        rows.iter().map(line).collect()
    }
}
