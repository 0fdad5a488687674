// Shows what is pushed to this browser, and opens the page it is about.
addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  event.waitUntil(
    registration.showNotification(title, { body, tag, data: { url }, icon: "/favicon.svg" }),
  );
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  if (new URL(url).origin === location.origin) event.waitUntil(clients.openWindow(url));
});
