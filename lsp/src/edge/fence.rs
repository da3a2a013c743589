//! The last fence around what handles messages: what is no message and what is no request of ours is refused, a panic
//! becomes an error reply, and `shutdown` and `exit` are remembered for the exit code.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures_util::FutureExt;
use tokio::sync::Notify;
use tower_lsp_server::jsonrpc::{Error, Request, Response};
use tower_service::Service;

use super::screen::NO_MESSAGE;

/// How the client says goodbye.
#[derive(Debug, Default)]
pub(super) struct Goodbye {
    shut_down: AtomicBool,
    exiting: Notify,
}

impl Goodbye {
    /// 0 if the client asked to shut down first, as it must; 1 if it or the pipe just went away.
    pub(super) fn exit_code(&self) -> i32 {
        i32::from(!self.shut_down.load(Ordering::SeqCst))
    }

    /// Waits until the client has said `exit`.
    pub(super) async fn exiting(&self) {
        self.exiting.notified().await;
    }
}

/// A service behind the fence.
#[derive(Debug)]
pub(super) struct Fence<S> {
    inner: S,
    goodbye: Arc<Goodbye>,
}

impl<S> Fence<S> {
    pub(super) fn new(inner: S, goodbye: Arc<Goodbye>) -> Self {
        Self { inner, goodbye }
    }
}

impl<S> Service<Request> for Fence<S>
where
    S: Service<Request, Response = Option<Response>>,
    S::Future: Send + 'static,
    S::Error: 'static,
{
    type Response = Option<Response>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Option<Response>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match request.method() {
            "shutdown" => self.goodbye.shut_down.store(true, Ordering::SeqCst),
            "exit" => self.goodbye.exiting.notify_one(),
            _ => {}
        }
        let id = request.id().cloned();
        if let (Some(id), Some(why)) = (&id, refusal(request.method())) {
            let refused = Response::from_error(id.clone(), why);
            return Box::pin(async move { Ok(Some(refused)) });
        }
        let broken = move || id.map(|id| Response::from_error(id, Error::internal_error()));
        // What is left behind by a panic is a message that nobody handled: nothing else is shared.
        match catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) {
            Ok(answer) => Box::pin(async move {
                let answer = AssertUnwindSafe(answer).catch_unwind().await;
                answer.unwrap_or_else(|_| Ok(broken()))
            }),
            Err(_) => Box::pin(async move { Ok(broken()) }),
        }
    }
}

/// Why a request of that method is not handled. The transport leaves those of `$/` without an answer.
fn refusal(method: &str) -> Option<Error> {
    match method {
        NO_MESSAGE => Some(Error::invalid_request()),
        _ if method.starts_with("$/") => Some(Error::method_not_found()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    /// Panics where the method says.
    struct Clumsy;

    impl Service<Request> for Clumsy {
        type Response = Option<Response>;
        type Error = ();
        type Future = Pin<Box<dyn Future<Output = Result<Option<Response>, ()>> + Send>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request) -> Self::Future {
            match request.method() {
                "at once" => panic!("at once"),
                "later" => Box::pin(async { panic!("later") }),
                _ => Box::pin(ready(Ok(None))),
            }
        }
    }

    #[tokio::test]
    async fn a_panic_becomes_an_error_reply_and_what_follows_is_handled() {
        let mut fence = Fence::new(Clumsy, Arc::default());
        for method in ["at once", "later"] {
            let reply = fence.call(Request::build(method).id(7).finish()).await;
            let reply = reply.expect("the service lives").expect("a reply");
            assert_eq!(reply.error(), Some(&Error::internal_error()), "{method}");
            let silence = fence.call(Request::build(method).finish()).await;
            assert_eq!(silence, Ok(None), "a notification has no reply");
        }
        assert_eq!(fence.call(Request::build("fine").finish()).await, Ok(None));
    }

    #[tokio::test]
    async fn what_nobody_handles_is_refused() {
        let mut fence = Fence::new(Clumsy, Arc::default());
        for (method, why) in [
            (NO_MESSAGE, Error::invalid_request()),
            ("$/foo", Error::method_not_found()),
        ] {
            let reply = fence.call(Request::build(method).id(7).finish()).await;
            let reply = reply.expect("the service lives").expect("a reply");
            assert_eq!(reply.error(), Some(&why), "{method}");
            let silence = fence.call(Request::build(method).finish()).await;
            assert_eq!(silence, Ok(None), "a notification has no reply");
        }
    }

    #[tokio::test]
    async fn the_exit_code_tells_whether_shutdown_came_first() {
        let goodbye = Arc::new(Goodbye::default());
        let mut fence = Fence::new(Clumsy, goodbye.clone());
        assert_eq!(goodbye.exit_code(), 1);
        let _ = fence.call(Request::build("shutdown").id(1).finish()).await;
        assert_eq!(goodbye.exit_code(), 0);
        let _ = fence.call(Request::build("exit").finish()).await;
        goodbye.exiting().await;
    }
}
