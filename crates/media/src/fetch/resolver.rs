use std::{error::Error, io, net::IpAddr, net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::Policy;

/// Turns names into addresses. What it answers is judged before it is connected to.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// All addresses of `host`.
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// The resolver inside the connection: one address that breaks the rules refuses the whole name.
#[derive(Clone)]
pub(super) struct JudgingResolver {
    pub(super) policy: Arc<Policy>,
    pub(super) lookup: Arc<dyn Lookup>,
}

impl Resolve for JudgingResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move { this.judged(name.as_str()).await })
    }
}

impl JudgingResolver {
    async fn judged(&self, host: &str) -> Result<Addrs, Box<dyn Error + Send + Sync>> {
        let addresses = self.lookup.lookup(host).await?;
        for ip in &addresses {
            self.policy.judge(host, *ip)?;
        }
        // Port 0 stands for the URL's.
        Ok(Box::new(addresses.into_iter().map(|ip| SocketAddr::new(ip, 0))))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    struct Answers(Mutex<Vec<&'static str>>);

    #[async_trait]
    impl Lookup for Answers {
        async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            Ok(vec![self.0.lock().unwrap().remove(0).parse().unwrap()])
        }
    }

    #[tokio::test]
    async fn sec_31_a_public_answer_does_not_vouch_for_the_next_one() {
        let lookup = Arc::new(Answers(Mutex::new(vec!["1.1.1.1", "192.168.0.1"])));
        let resolver = JudgingResolver { policy: Arc::default(), lookup };
        let name = || "pictures.example".parse().unwrap();
        let first: Vec<SocketAddr> = resolver.resolve(name()).await.unwrap().collect();
        assert_eq!(first, ["1.1.1.1:0".parse().unwrap()]);
        let refused = resolver.resolve(name()).await.err().unwrap();
        assert_eq!(refused.to_string(), "it is not on the public internet");
    }
}
