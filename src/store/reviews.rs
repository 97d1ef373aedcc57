//! Reviews: what people judged, by tenant. Rows are added, never changed.

use super::Store;
use super::schema::{REVIEWS, from_json, to_json};
use crate::error::Result;
use crate::memory::Review;

impl Store {
    /// Keeps a review.
    pub fn record_review(&self, review: &Review) -> Result<()> {
        let bytes = to_json(review, "review")?;
        let txn = self.write()?;
        {
            let mut table = self.get(txn.open_table(REVIEWS))?;
            let key = (review.tenant_id.as_str(), review.review_id.as_str());
            self.get(table.insert(key, bytes.as_slice()))?;
        }
        self.get(txn.commit())
    }

    /// All reviews of a tenant, oldest first.
    pub fn reviews(&self, tenant: &str) -> Result<Vec<Review>> {
        let txn = self.read()?;
        let Some(table) = self.table(&txn, REVIEWS)? else {
            return Ok(Vec::new());
        };
        let mut out: Vec<Review> = Vec::new();
        for entry in self.get(table.range((tenant, "")..))? {
            let (key, value) = self.get(entry)?;
            if key.value().0 != tenant {
                break;
            }
            out.push(from_json(value.value(), "review")?);
        }
        out.sort_by(|a, b| {
            (a.created_at, a.judged_at, &a.review_id).cmp(&(
                b.created_at,
                b.judged_at,
                &b.review_id,
            ))
        });
        Ok(out)
    }
}
