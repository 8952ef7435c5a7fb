//! A server of pictures that a simulated Instagram accepts.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
};

use crate::world::listen;

const PICTURE: &[u8] = include_bytes!("../../docs/images/card-birthday.jpg");

/// Serves a picture at every address, each with one of its own; answers where, without a slash at the end. It ends with this process.
#[must_use]
pub fn serve() -> String {
    let listener = listen();
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || answer_all(&listener));
    format!("http://{address}")
}

fn answer_all(listener: &TcpListener) {
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || answer(stream));
    }
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // To the head's end.
    lines.map_while(Result::ok).find(String::is_empty);
    // A comment right after the start of the image.
    let comment = request.as_bytes();
    let length = u16::try_from(comment.len() + 2).map_err(|_| std::io::ErrorKind::InvalidInput)?;
    let (start, rest) = PICTURE.split_at(2);
    let picture = [start, &[0xFF, 0xFE], &length.to_be_bytes(), comment, rest].concat();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: image/jpeg\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        picture.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&picture)
}
