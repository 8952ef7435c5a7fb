//! Whether a baseline JPEG's coded pixels are whole.
//!
//! JPEG has no checksum. A scan with flipped or lost bits usually still decodes, to a grey or coloured smear, and the planar decoder
//! says nothing. But its codes then end before or after the last block: so they are walked here, without computing a pixel.
//!
//! Source: ITU-T T.81, annexes C and F.

use super::{FitError, jpeg::Component};

/// The most bytes after the last block that are no sign of damage.
const MAX_PADDING: usize = 16;

/// Huffman tables, read as the file goes, by class (DC, AC) and number.
#[derive(Default)]
pub(super) struct Tables([[Option<Table>; 4]; 2]);

/// For the bits that can come next: how long the first code in them is, how many bits belong to its value, and how many of a block's places (of
/// 64) it fills.
struct Table {
    /// By the first [`SHORT`] bits: the codes that are no longer than that, nearly all. It stays in the processor's nearest cache.
    short: Vec<Entry>,
    /// By the first 16 bits: all codes.
    long: Vec<Entry>,
}

/// How many bits most codes do not exceed.
const SHORT: u32 = 10;

#[derive(Clone, Copy, Default)]
struct Entry {
    code: u8,
    value: u8,
    fills: u8,
}

/// What a scan is made of.
pub(super) struct Scan<'a> {
    pub(super) size: (u32, u32),
    pub(super) components: &'a [Component],
    /// Blocks between two restart marks; 0 is none.
    pub(super) restart: usize,
    /// The scan's header, from its number of components on.
    pub(super) header: &'a [u8],
    /// The coded pixels.
    pub(super) coded: &'a [u8],
}

impl Tables {
    /// Reads a `DHT` segment.
    pub(super) fn define(&mut self, mut body: &[u8]) -> Result<(), FitError> {
        while let [kind, rest @ ..] = body {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(broken)?;
            let symbols = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(symbols).ok_or_else(broken)?;
            let class = self.0.get_mut(usize::from(kind >> 4)).ok_or_else(broken)?;
            let place = class.get_mut(usize::from(kind & 15)).ok_or_else(broken)?;
            *place = Some(Table::new(*counts, symbols, kind >> 4 == 1)?);
            body = rest;
        }
        Ok(())
    }

    fn table(&self, class: usize, number: u8) -> Result<&Table, FitError> {
        self.0[class].get(usize::from(number)).and_then(Option::as_ref).ok_or_else(broken)
    }
}

impl Table {
    fn new(counts: [u8; 16], symbols: &[u8], coefficients: bool) -> Result<Self, FitError> {
        let mut entries = vec![Entry::default(); 1 << 16];
        let mut at = 0;
        let mut symbols = symbols.iter();
        for (length, count) in (1_u8..).zip(counts) {
            for symbol in symbols.by_ref().take(usize::from(count)) {
                let entry = Entry { code: length, value: symbol & 15, fills: filled(*symbol, coefficients) };
                let end = at + (1 << (16 - length));
                entries.get_mut(at..end).ok_or_else(broken)?.fill(entry);
                at = end;
            }
        }
        let short = entries.iter().step_by(1 << (16 - SHORT));
        let short = short.map(|entry| if u32::from(entry.code) > SHORT { Entry::default() } else { *entry }).collect();
        Ok(Self { short, long: entries })
    }
}

/// How many of a block's 64 places a symbol fills: a run of zeros and one value, 16 zeros, or all that are left.
fn filled(symbol: u8, coefficients: bool) -> u8 {
    match symbol {
        _ if !coefficients => 1,
        0xF0 => 16,
        symbol if symbol.trailing_zeros() >= 4 => 64,
        symbol => (symbol >> 4) + 1,
    }
}

impl Scan<'_> {
    /// Walks the codes.
    ///
    /// # Errors
    ///
    /// [`FitError::Corrupt`] if they are not codes, or not as many as the picture has blocks.
    pub(super) fn check(&self, tables: &Tables) -> Result<(), FitError> {
        let blocks = self.blocks(tables)?;
        let units = self.units();
        let mut bits = Bits { coded: self.coded, held: 0, count: 0, borrowed: 0 };
        for unit in 0..units {
            if self.restart > 0 && unit > 0 && unit % self.restart == 0 {
                bits.restart()?;
            }
            for (dc, ac) in &blocks {
                block(&mut bits, dc, ac)?;
            }
        }
        bits.end()
    }

    /// The tables of each block in one unit of the scan, in their order.
    fn blocks<'t>(&self, tables: &'t Tables) -> Result<Vec<(&'t Table, &'t Table)>, FitError> {
        let mut blocks = Vec::new();
        for (component, numbers) in self.chosen()? {
            let pair = (tables.table(0, numbers >> 4)?, tables.table(1, numbers & 15)?);
            let count =
                if self.header[0] == 1 { 1 } else { usize::from(component.across) * usize::from(component.down) };
            blocks.extend(std::iter::repeat_n(pair, count));
        }
        Ok(blocks)
    }

    fn chosen(&self) -> Result<Vec<(Component, u8)>, FitError> {
        let pairs = self.header.get(1..1 + 2 * usize::from(self.header[0])).ok_or_else(broken)?;
        let find = |id: u8| self.components.iter().find(|component| component.id == id).copied().ok_or_else(broken);
        pairs.chunks(2).map(|pair| Ok((find(pair[0])?, pair[1]))).collect()
    }

    /// How many units the scan has: blocks of its only component, or the smallest group in which all components' samples come together.
    fn units(&self) -> usize {
        let most = |side: fn(&Component) -> u8| u32::from(self.components.iter().map(side).max().unwrap_or(1).max(1));
        let (across, down) = (most(|c| c.across), most(|c| c.down));
        let only = (self.header[0] == 1).then(|| self.chosen().ok()?.first().copied()).flatten();
        let (width, height) = match only {
            Some((c, _)) => (
                (self.size.0 * u32::from(c.across)).div_ceil(across).div_ceil(8),
                (self.size.1 * u32::from(c.down)).div_ceil(down).div_ceil(8),
            ),
            None => (self.size.0.div_ceil(8 * across), self.size.1.div_ceil(8 * down)),
        };
        width as usize * height as usize
    }
}

fn block(bits: &mut Bits<'_>, dc: &Table, ac: &Table) -> Result<(), FitError> {
    bits.symbol(dc)?;
    let mut place = 1;
    while place < 64 {
        place += bits.symbol(ac)?;
    }
    Ok(())
}

/// The coded bits, the next one on top.
struct Bits<'a> {
    coded: &'a [u8],
    held: u64,
    count: u32,
    /// Zeros lent after the last byte: codes that use them are not in the file.
    borrowed: u32,
}

impl Bits<'_> {
    #[inline]
    fn symbol(&mut self, table: &Table) -> Result<u8, FitError> {
        if self.count < 32 {
            self.fill();
        }
        let mut entry = table.short[(self.held >> (64 - SHORT)) as usize];
        if entry.code == 0 {
            entry = table.long[(self.held >> 48) as usize];
        }
        let Entry { code, value, fills } = entry;
        let used = u32::from(code) + u32::from(value);
        if code == 0 || used + self.borrowed > self.count {
            return Err(broken());
        }
        self.held <<= used;
        self.count -= used;
        Ok(fills)
    }

    #[inline]
    fn fill(&mut self) {
        // Whole bytes at once, where none of them is marked by 0xFF.
        if let Some(next) = self.coded.first_chunk::<8>().map(|next| u64::from_be_bytes(*next))
            && !has_ff(next)
        {
            let bytes = (64 - self.count) / 8;
            let taken = next & !u64::MAX.checked_shr(8 * bytes).unwrap_or(0);
            self.held |= taken.checked_shr(self.count).unwrap_or(0);
            self.count += 8 * bytes;
            self.coded = &self.coded[bytes as usize..];
            return;
        }
        while self.count <= 56 {
            let byte = match self.coded {
                [0xFF, 0, rest @ ..] => {
                    self.coded = rest;
                    0xFF
                }
                [0xFF, ..] | [] => {
                    self.borrowed += 8;
                    0
                }
                [byte, rest @ ..] => {
                    self.coded = rest;
                    *byte
                }
            };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// Goes over a restart mark, which must come next.
    fn restart(&mut self) -> Result<(), FitError> {
        self.end_of_part()?;
        match self.coded {
            [0xFF, 0xD0..=0xD7, rest @ ..] => {
                *self = Self { coded: rest, held: 0, count: 0, borrowed: 0 };
                Ok(())
            }
            _ => Err(broken()),
        }
    }

    /// Goes to the end; some cameras leave a few bytes after the last block.
    fn end(self) -> Result<(), FitError> {
        let left = self.coded.len() + (self.count - self.borrowed.min(self.count)) as usize / 8;
        if left <= MAX_PADDING { Ok(()) } else { Err(broken()) }
    }

    /// Less than a byte of padding may be left, and fill bytes.
    fn end_of_part(&mut self) -> Result<(), FitError> {
        self.fill();
        while let [0xFF, rest @ ..] = self.coded
            && matches!(rest, [] | [0xFF, ..])
        {
            self.coded = rest;
        }
        if self.count - self.borrowed.min(self.count) < 8 { Ok(()) } else { Err(broken()) }
    }
}

/// Whether one of the bytes may be 0xFF: never missed, sometimes seen where there is none.
fn has_ff(bytes: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    (!bytes).wrapping_sub(ONES) & bytes & (ONES << 7) != 0
}

fn broken() -> FitError {
    FitError::corrupt("its coded pixels are not whole")
}
