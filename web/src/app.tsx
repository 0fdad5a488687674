import { ErrorBoundary, LocationProvider, lazy, Route, Router, useLocation } from "preact-iso";
import { forgetBrowser, thisBrowser } from "./account/push";
import { endSession, person } from "./account/session";
import "./app.css";
import { HeldBar } from "./event/HeldBar";
import { forgetHold } from "./event/holding";
import { EventListPage } from "./events/EventListPage";
import { Lost } from "./ui/Lost";

// The map, the checkout and the tickets come when somebody goes there.
const EventPage = lazy(() => import("./event/EventPage").then((m) => m.EventPage));
const VenuePage = lazy(() => import("./events/VenuePage").then((m) => m.VenuePage));
const ArtistPage = lazy(() => import("./events/ArtistPage").then((m) => m.ArtistPage));
const EditEventPage = lazy(() => import("./organizer/EditEventPage").then((m) => m.EditEventPage));
const EditArtistPage = lazy(() => import("./organizer/EditArtistPage").then((m) => m.EditArtistPage));
const EditVenuePage = lazy(() => import("./organizer/EditVenuePage").then((m) => m.EditVenuePage));
const QueuePage = lazy(() => import("./queue/QueuePage").then((m) => m.QueuePage));
const DrawPage = lazy(() => import("./queue/DrawPage").then((m) => m.DrawPage));
const SignInPage = lazy(() => import("./account/SignInPage").then((m) => m.SignInPage));
const SignUpPage = lazy(() => import("./account/SignUpPage").then((m) => m.SignUpPage));
const ForgotPasswordPage = lazy(() =>
  import("./account/ForgotPasswordPage").then((m) => m.ForgotPasswordPage),
);
const CheckoutPage = lazy(() => import("./checkout/CheckoutPage").then((m) => m.CheckoutPage));
const PreferencesPage = lazy(() => import("./account/PreferencesPage").then((m) => m.PreferencesPage));
const ReviewsPage = lazy(() => import("./operator/ReviewsPage").then((m) => m.ReviewsPage));
const OrderPage = lazy(() => import("./orders/OrderPage").then((m) => m.OrderPage));
const OrderListPage = lazy(() => import("./orders/OrderListPage").then((m) => m.OrderListPage));
const TicketListPage = lazy(() => import("./tickets/TicketListPage").then((m) => m.TicketListPage));
const ChangePage = lazy(() => import("./organizer/ChangePage").then((m) => m.ChangePage));
const NewEventPage = lazy(() => import("./organizer/NewEventPage").then((m) => m.NewEventPage));
const HousePage = lazy(() => import("./organizer/HousePage").then((m) => m.HousePage));
const RoomPage = lazy(() => import("./organizer/RoomPage").then((m) => m.RoomPage));
const TicketPage = lazy(() => import("./tickets/TicketPage").then((m) => m.TicketPage));

/** A new page begins at its top, with the focus where a keyboard or screen reader goes on reading. */
function arrive(): void {
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
}

export function App() {
  return (
    <LocationProvider>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Masthead />
      <HeldBar />
      <ErrorBoundary>
        <Router onRouteChange={arrive}>
          <Route path="/" component={EventListPage} />
          <Route path="/events/:eventId" component={EventPage} />
          <Route path="/venues/:venueId" component={VenuePage} />
          <Route path="/artists/:artistId" component={ArtistPage} />
          <Route path="/queue/:eventId" component={QueuePage} />
          <Route path="/queue/:eventId/draw" component={DrawPage} />
          <Route path="/checkout/:holdId" component={CheckoutPage} />
          <Route path="/orders" component={OrderListPage} />
          <Route path="/orders/:orderId" component={OrderPage} />
          <Route path="/tickets" component={TicketListPage} />
          <Route path="/tickets/:ticketId" component={TicketPage} />
          <Route path="/organizer/events/new" component={NewEventPage} />
          <Route path="/organizer/events/:eventId/change" component={ChangePage} />
          <Route path="/organizer/events/:eventId/house" component={HousePage} />
          <Route path="/organizer/events/:eventId" component={EditEventPage} />
          <Route path="/organizer/artists/:artistId" component={EditArtistPage} />
          <Route path="/organizer/venues/:venueId" component={EditVenuePage} />
          <Route path="/organizer/events/:eventId/room" component={RoomPage} />
          <Route path="/account" component={PreferencesPage} />
          <Route path="/operator/reviews" component={ReviewsPage} />
          <Route path="/sign-in" component={SignInPage} />
          <Route path="/sign-up" component={SignUpPage} />
          <Route path="/forgot-password" component={ForgotPasswordPage} />
          <Route default component={Lost} />
        </Router>
      </ErrorBoundary>
      <footer class="footer">
        <div class="footer-inner">
          <span>Every price includes fees and tax.</span>
          {person.value && <a href="/account">How we reach you</a>}
          <span>Card details go straight to Stripe; we never see them.</span>
        </div>
      </footer>
    </LocationProvider>
  );
}

function Masthead() {
  const { path, route } = useLocation();
  const signOut = async () => {
    forgetHold();
    const browser = thisBrowser();
    // What is meant for this person is not for whoever uses the browser next.
    if (browser) await forgetBrowser(browser).catch(() => undefined);
    await endSession();
    route("/");
  };
  const link = (href: string, label: string) => (
    <a href={href} aria-current={path === href ? "page" : undefined}>
      {label}
    </a>
  );
  return (
    <header class="masthead">
      <div class="masthead-inner">
        <a class="wordmark" href="/">
          <svg viewBox="0 0 32 20" aria-hidden="true">
            <path fill="#ffc93c" d="M0 0h32v6.500a3.500 3.500 0 0 0 0 7V20H0v-6.500a3.500 3.500 0 0 0 0-7z" />
            <path stroke="#12131a" stroke-width="2" stroke-dasharray="2.500 2.500" d="M21 0v20" />
          </svg>
          Boxoffice
        </a>
        <nav aria-label="Main">
          {person.value ? (
            <>
              {link("/tickets", "Tickets")}
              {link("/orders", "Orders")}
              {person.value.groups.includes("organizer") && link("/organizer/events/new", "New event")}
              {person.value.groups.includes("operator") && link("/operator/reviews", "Reviews")}
              <a class="who" href="/account" aria-current={path === "/account" ? "page" : undefined}>
                {person.value.name}
              </a>
              <button type="button" onClick={signOut}>
                Sign out
              </button>
            </>
          ) : (
            <>
              {link("/sign-in", "Sign in")}
              {link("/sign-up", "Create account")}
            </>
          )}
        </nav>
      </div>
    </header>
  );
}
