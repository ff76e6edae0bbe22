//! Lists the marts of queries/ for the program, so that a new file is a new mart.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut list = String::from("&[\n");
    for shelf in ["staging", "intermediate", "results", "explain"] {
        let folder = root.join("queries").join(shelf);
        println!("cargo:rerun-if-changed={}", folder.display());
        for file in files(&folder, "sql")? {
            let name = file
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            println!("cargo:rerun-if-changed={}", file.display());
            writeln!(
                list,
                "    ({shelf:?}, {name:?}, include_str!({:?})),",
                file.display().to_string()
            )
            .map_err(io::Error::other)?;
        }
    }
    list.push(']');
    fs::write(out.join("queries.rs"), list)?;
    methods(&root, &out)?;
    samples(&root, &out)
}

/// Lists docs/methods/ with its texts, so that the program can print them.
fn methods(root: &Path, out: &Path) -> io::Result<()> {
    let folder = root.join("docs/methods");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut list = String::from("&[\n");
    for file in files(&folder, "md")? {
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        println!("cargo:rerun-if-changed={}", file.display());
        writeln!(
            list,
            "    ({name:?}, include_str!({:?})),",
            file.display().to_string()
        )
        .map_err(io::Error::other)?;
    }
    list.push(']');
    fs::write(out.join("methods.rs"), list)
}

/// Lists data-samples/ with its bytes, so that the demo works anywhere.
fn samples(root: &Path, out: &Path) -> io::Result<()> {
    let folder = root.join("data-samples");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut list = String::from("&[\n");
    for file in files(&folder, "csv")? {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        println!("cargo:rerun-if-changed={}", file.display());
        writeln!(
            list,
            "    ({name:?}, include_bytes!({:?}) as &[u8]),",
            file.display().to_string()
        )
        .map_err(io::Error::other)?;
    }
    list.push(']');
    fs::write(out.join("samples.rs"), list)
}

fn files(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    found.sort();
    Ok(found)
}
