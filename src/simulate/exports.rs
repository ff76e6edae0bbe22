//! The referral exports: one file a quarter, with the state of every referral placed or changed in
//! it, or one file with the latest state of all. Rows are made in parallel and written in order.

use std::path::{Path, PathBuf};

use catchment_base::{Day, Quarter, Result};
use rayon::prelude::*;

use crate::course::Referral;
use crate::mess::{Dirt, Mess};
use crate::rows::{Cells, Rows};
use crate::sheets::Sheet;
use crate::world::World;

/// How many rows one thread makes at a time.
const CHUNK: usize = 2048;

/// What was written in the end.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) rows: u64,
    /// What was done to which file.
    pub(crate) dirt: Vec<(String, Dirt)>,
}

/// Everything that is exported about referrals.
#[derive(Debug)]
pub(crate) struct Exports<'a> {
    rows: Rows<'a>,
    mess: Option<Mess>,
    sheet: Sheet,
    name: String,
    /// The state of which day is written.
    day: Day,
    /// Rows of the open file, and of those before it.
    written: (u64, u64),
    /// What was done to which file.
    dirt: Vec<(String, Dirt)>,
    dirt_now: Dirt,
    files: Vec<PathBuf>,
}

impl<'a> Exports<'a> {
    /// Opens the first file in a folder.
    pub(crate) fn open(world: &'a World, out: &Path) -> Result<Self> {
        let settings = &world.settings;
        let (name, day) = file_of(settings.first_quarter(), world);
        let mess = settings.mess.then(|| Mess::of(settings.seed, 0));
        let mut exports = Self {
            rows: Rows::new(world),
            sheet: Sheet::create(&out.join(&name))?,
            mess,
            name,
            day,
            written: (0, 0),
            dirt: Vec::new(),
            dirt_now: Dirt::default(),
            files: Vec::new(),
        };
        exports.begin()?;
        Ok(exports)
    }

    fn begin(&mut self) -> Result<()> {
        let mut head = Vec::new();
        match &self.mess {
            Some(mess) => mess.header(&mut head),
            None => crate::mess::clean_header(&mut head),
        }
        self.sheet.bytes(&head)
    }

    /// Ends the open file and begins that of another quarter.
    pub(crate) fn turn(&mut self, world: &World, out: &Path, quarter: Quarter) -> Result<()> {
        let (name, day) = file_of(quarter, world);
        if name == self.name {
            return Ok(());
        }
        let next = Sheet::create(&out.join(&name))?;
        self.end_file(next)?;
        self.name = name;
        self.day = day;
        let (seed, file) = (world.settings.seed, self.dirt.len());
        self.mess = self.mess.as_ref().map(|_| Mess::of(seed, file));
        self.begin()
    }

    fn end_file(&mut self, next: Sheet) -> Result<()> {
        let done = std::mem::replace(&mut self.sheet, next);
        self.files.push(done.finish()?);
        self.note();
        Ok(())
    }

    fn note(&mut self) {
        let mut dirt = std::mem::take(&mut self.dirt_now);
        if let Some(mess) = &self.mess {
            mess.note_file(self.written.0, &mut dirt);
        }
        self.dirt.push((self.name.clone(), dirt));
        self.written = (0, self.written.0 + self.written.1);
    }

    /// Ends the last file.
    pub(crate) fn finish(mut self) -> Result<Written> {
        self.note();
        let Self {
            sheet,
            mut files,
            written,
            dirt,
            ..
        } = self;
        files.push(sheet.finish()?);
        Ok(Written {
            files,
            rows: written.1,
            dirt,
        })
    }

    /// Writes referrals as they stand on the day of the export.
    pub(crate) fn write(&mut self, referrals: &[Referral]) -> Result<()> {
        let (rows, mess, day) = (&self.rows, self.mess.as_ref(), self.day);
        let parts: Vec<(Vec<u8>, Dirt)> = referrals
            .par_chunks(CHUNK)
            .map(|chunk| {
                let mut bytes = Vec::with_capacity(chunk.len() * 320);
                let mut dirt = Dirt::default();
                let mut cells = Cells::default();
                for referral in chunk {
                    rows.fill(referral, day, &mut cells);
                    match mess {
                        Some(mess) => {
                            let key = (referral.order.id, rows.is_known_by_name(referral));
                            mess.push(key, &cells, &mut bytes, &mut dirt);
                        }
                        None => crate::mess::push_clean(&cells, &mut bytes),
                    }
                }
                (bytes, dirt)
            })
            .collect();
        for (bytes, dirt) in parts {
            self.sheet.bytes(&bytes)?;
            self.written.0 += dirt.extra_rows();
            self.dirt_now.add(&dirt);
        }
        self.written.0 += referrals.len() as u64;
        Ok(())
    }
}

/// The name of a quarter's file, and the day of its export.
fn file_of(quarter: Quarter, world: &World) -> (String, Day) {
    if world.settings.one_export {
        ("referrals.csv".to_string(), world.settings.last_day())
    } else {
        (format!("referrals-{quarter}.csv"), quarter.last_day())
    }
}
