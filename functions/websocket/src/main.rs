//! The websocket function on Lambda.

use runtime::lambda::{Error, Function};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Websocket>::start().await?;
    let sockets = &websocket::Sockets {
        stream: function.stream(),
        replays: function.replays(),
        door: websocket::Door::WithTicket(function.tickets()),
        allowed_origins: function.allowed_origins(),
    };
    let handle = async |event, _| Ok(websocket::event::handle(sockets, event).await?);
    function.serve(handle).await
}
