//! Fits the models of repeat buying to histories from standard input and prints what came of it and
//! how long it took: our side of benches/peers/repeat_buying.py.
//!
//! The input has a header and the columns x, t_x and t. One line a model comes out: its name, the
//! seconds from the histories in memory to the fit, ln of the likelihood, whether it is identified,
//! and the parameters.

use catchment_stats::repeat_buying::{BgNbd, Cnbd, Fit, History, MbgNbd, Model, ParetoNbd};
use catchment_stats::repeat_buying::{Population, fit_family};
use std::error::Error;
use std::io::Read;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let mut histories = Vec::new();
    for line in text.lines().skip(1) {
        let cells: Vec<f64> = line.split(',').map(str::parse).collect::<Result<_, _>>()?;
        let [x, t_x, t] = cells.as_slice() else {
            return Err(format!("{line:?} has not three columns").into());
        };
        histories.push(History {
            x: *x as u32,
            t_x: *t_x,
            t: *t,
        });
    }
    eprintln!(
        "{} histories, {} of them different",
        histories.len(),
        Population::of(&histories).different()
    );
    tell("mbg_nbd", MbgNbd::default(), &histories)?;
    tell("bg_nbd", BgNbd::default(), &histories)?;
    tell("pareto_nbd", ParetoNbd::default(), &histories)?;
    tell("mbg_cnbd_2", Cnbd::family(2, true), &histories)?;
    Ok(())
}

fn tell<M: Model>(name: &str, family: M, histories: &[History]) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let found: Fit<M> = fit_family(family, histories)?;
    let seconds = began.elapsed().as_secs_f64();
    let [a, b, c, d] = found.model.parameters();
    let (likelihood, sure) = (found.ln_likelihood, found.identified());
    println!("{name},{seconds:.3},{likelihood:.6},{sure},{a:.9},{b:.9},{c:.9},{d:.9}");
    Ok(())
}
