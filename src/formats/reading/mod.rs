//! What the formats read with: stamps and zones, a scanner of JSON, pairs, the names of fields, and the parts of a record.
//! Nothing here knows a format.

mod cells;
mod clock;
mod escapes;
mod head;
mod keys;
mod numbers;
mod object;
mod offset;
mod pairs;
mod paths;
mod pipes;
mod record;
mod said;
mod scan;
mod stamp;

pub use cells::Header;
pub(super) use cells::{cells, delimiter_of};
pub use clock::{Context, Zone};
pub(super) use clock::{Stamp, When, graver};
pub(super) use escapes::{undouble, unescape};
pub(super) use head::{date_and_severity, date_at_head, severity_at_head};
pub(super) use keys::{Look, Picked};
pub(super) use numbers::{epoch, fraction_micros, number, time_of_day};
pub(super) use object::{batch, may_be_batch, read_object};
pub(super) use offset::{offset, zone_behind};
pub(super) use pairs::{Words, read_pairs, rest_of_pairs};
pub(super) use paths::{find, list_rest, same_place};
pub(super) use pipes::{bar_part, list_pair, ten_scale, without_escapes};
pub(super) use record::{level_letter, set_parts, span_of, trimmed};
pub(super) use said::{Said, fields_inside};
pub(super) use scan::{Escapes, Fault, Taken, Value, elements, list_fields, members};
pub(super) use stamp::{
    read_any, read_bsd, read_clf, read_day_first, read_iso, read_month_day, read_weekday,
    two_digits, when,
};
