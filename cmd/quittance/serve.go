package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
	"quittance/handlers"
	"quittance/handlers/connect"
	"quittance/handlers/logfile"
)

// The limits of the server (security.md, "Limits"). Exports and live pages set deadlines of their own.
const (
	headerTime     = 5 * time.Second
	readTime       = 15 * time.Second
	writeTime      = 30 * time.Second
	idleTime       = 60 * time.Second
	headerBytes    = 16 << 10
	maxConnections = 1000

	// chatIdle is how long a conversation waits for its next turn: what package watson does unless it is told otherwise.
	chatIdle = time.Hour

	// grace is how long open requests have when the server ends; live pages would stay for ever.
	grace = 2 * time.Second
)

// The keys under which a store remembers facts about its server.
const (
	metaURL  = "url"  // the address that people use
	metaDemo = "demo" // not empty: made-up data
)

func serveCommand(fs *flag.FlagSet) action {
	f := serveFlags(fs)
	return func(ctx context.Context, c *call) error {
		if err := errors.Join(c.none(), f.check()); err != nil {
			return err
		}
		return c.serve(ctx, f)
	}
}

// serve runs the house until ctx ends: doors, desk and batch loop.
func (c *call) serve(ctx context.Context, f *config) error {
	accounts, err := c.demo(ctx, f)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(c.err, nil))
	window, err := c.store.InitPolicy(ctx, f.cancelWindow)
	if err != nil {
		return fmt.Errorf("setting the policies: %w", err)
	}
	if err := c.store.InitLimits(ctx, f.limits()); err != nil {
		return fmt.Errorf("setting the policies: %w", err)
	}
	if err := c.makeRoom(f, log); err != nil {
		return err
	}
	ease()
	ctx, cancel := context.WithCancel(ctx)
	defer c.house.drills.room.Wait() // before the store is closed
	defer cancel()
	l, err := net.Listen("tcp", f.addr)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	defer l.Close()
	origin := f.origin(l.Addr().(*net.TCPAddr))
	conf, err := c.doors(ctx, f, origin, log)
	if err != nil {
		return err
	}
	conf.CancelWindow = window
	if conf.OpenDSR, err = f.processor(c.path); err != nil {
		return err
	}
	if conf.Notifier, err = f.notifier(c.path); err != nil {
		return err
	}
	if f.metrics != "" {
		conf.Metrics = handlers.NewMetrics(c.store, log)
	}
	conf.NextNight = (&nightly{from: time.Duration(f.night), zone: time.Local}).next
	if err := errors.Join(c.store.CutImports(ctx), c.store.CutExports(ctx)); err != nil {
		return err
	}
	conf.Imports = logfile.NewDesk(c.store, log)
	defer conf.Imports.Close() // before the store is closed
	conf.Exports = handlers.NewExportDesk(c.store, log)
	defer conf.Exports.Close() // likewise
	conf.Drill = c.startDrill(ctx, func(err error) { log.Error("a drill failed", "err", err) })
	offerAccounts(&conf, accounts)
	doors, err := handlers.New(conf)
	if err != nil {
		return err
	}
	if err := c.store.SetMeta(ctx, metaURL, origin); err != nil {
		return fmt.Errorf("keeping the address: %w", err)
	}
	c.house.conf, c.house.runner = f, erasure.NewRunner(c.store, log)
	if len(accounts) > 0 {
		showAccounts(c.out, c.dir, accounts)
	}
	measures, err := listenMetrics(f.metrics, conf.Metrics)
	if err != nil {
		return err
	}
	c.house.tells, c.house.notify = tellsOut(c.store, conf.OpenDSR, conf.Auth.PublicURL, log), conf.Notifier.Loop
	return c.welcome(ctx, f, l, doors, measures, origin, log)
}

// makeRoom keeps room on the disk for erasures. A disk without any is no reason not to serve: deletions are accepted all the same.
func (c *call) makeRoom(f *config, log *slog.Logger) error {
	c.store.SetLowWater(f.lowWater << 20)
	if err := c.store.KeepReserve(db.DefaultReserve); err != nil {
		return err
	}
	if v, err := c.store.Space(); err != nil || v.Low() || v.Reserve == 0 {
		log.Warn("too little of the disk is free", "free", v.Free, "reserve", v.Reserve, "err", err)
	}
	return nil
}

// doors gathers what the handlers need.
func (c *call) doors(ctx context.Context, f *config, origin string, log *slog.Logger) (handlers.Config, error) {
	signIn, err := f.signIn(origin, c.path)
	if err != nil {
		return handlers.Config{}, err
	}
	signIn.Log = log
	return handlers.Config{Store: c.store, Auth: signIn, Log: log, BatchEvery: f.batchEvery, Language: handlers.Language(f.language),
		TLS: f.tlsCert != "" || f.publicURL != "" && origin[:5] == "https"}, nil
}

// demo keeps made-up data and printed passwords apart from real ones, and returns the accounts of a demo.
func (c *call) demo(ctx context.Context, f *config) ([]demoAccount, error) {
	if f.demo {
		return c.enterDemo(ctx, f.cancelWindow)
	}
	was, err := c.store.Meta(ctx, metaDemo)
	if err != nil {
		return nil, err
	}
	if local, err := loopback(f.addr); was != "" && (err != nil || !local || f.publicURL != "" && !loopbackHost(hostOf(f.publicURL))) {
		return nil, errors.New("this data directory holds a demo, whose passwords are no secret: it is served on loopback only")
	}
	return nil, nil
}

// ease lets memory grow to five times what is in use before it is swept, instead of twice: a fifth more ingest and export for some
// tens of megabytes (measured). Whoever sets GOGC knows better.
func ease() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// welcome lets people, applications and commands in until ctx ends.
func (c *call) welcome(ctx context.Context, f *config, l net.Listener, doors http.Handler, measures *measures, origin string, log *slog.Logger) error {
	certificate, err := f.tls(c.path)
	if err != nil {
		return err
	}
	desk, err := openDesk(c.dir, c.store, c.house)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var rooms sync.WaitGroup
	defer rooms.Wait() // before the store is closed
	defer cancel()
	defer measures.close()
	rooms.Go(func() { desk.serve(ctx) })
	rooms.Go(func() { c.loop(ctx, f.batchEvery) })
	rooms.Go(func() { callsOut(c.store, f, origin, log).Loop(ctx) })
	rooms.Go(func() { c.house.tells(ctx) })
	rooms.Go(func() { c.house.notify(ctx) })
	rooms.Go(func() { c.endIdleChats(ctx, log) })
	rooms.Go(func() { c.tellLate(ctx, log) })
	if err := c.callWitnesses(ctx, f, &rooms, log); err != nil {
		return err
	}
	night := &nightly{marks: c.store, log: log, from: time.Duration(f.night), zone: time.Local, after: settled(), jobs: c.jobs()}
	rooms.Go(func() { night.loop(ctx) })
	l = limit(l, maxConnections)
	if certificate != nil {
		l = tls.NewListener(l, certificate)
	}
	fmt.Fprintln(c.out, "Quittance listens on", origin)
	if measures != nil {
		fmt.Fprintf(c.out, "Metrics are served on http://%s/metrics\n", measures.Addr())
		rooms.Go(func() { measures.serve(ctx, log) })
	}
	return serveHTTP(ctx, l, doors, log)
}

// callWitnesses has the audit trail cosigned by those who were named.
func (c *call) callWitnesses(ctx context.Context, f *config, rooms *sync.WaitGroup, log *slog.Logger) error {
	list, err := f.callWitnesses()
	if err != nil {
		return err
	}
	if err := c.store.SetWitnesses(ctx, witnessKeys(list)); err != nil {
		return err
	}
	rooms.Go(func() { connect.Witnesses(ctx, c.store, list, log) })
	return nil
}

func witnessKeys(list []*connect.Witness) (out []*audit.Witness) {
	for _, w := range list {
		out = append(out, w.Key)
	}
	return out
}

// loop runs batches at their interval, and at once when somebody has let one go on or stopped it.
func (c *call) loop(ctx context.Context, every time.Duration) {
	changed, stop := c.store.Watch(func(object string) bool { return strings.HasPrefix(object, string(audit.KindBatch)+"/") })
	defer stop()
	c.house.runner.Wake = changed
	c.house.runner.Loop(ctx, every)
}

// tuneCalls lets a test of two whole houses hurry.
var tuneCalls = func(*connect.Runner) {}

// callsOut carries erasures on at linked services. Processors are told where to call back only where people elsewhere reach us too.
func callsOut(store *db.Store, f *config, origin string, log *slog.Logger) *connect.Runner {
	r := connect.NewRunner(store, log)
	if f.publicURL != "" {
		r.Callbacks = origin
	}
	tuneCalls(r)
	return r
}

// endIdleChats ends what no customer goes on with. The doors refuse a conversation as soon as it has been idle for chatIdle; here its
// context goes, which may hold what the customer said.
func (c *call) endIdleChats(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(chatIdle / 12)
	defer tick.Stop()
	for {
		if _, err := c.store.EndIdleChats(ctx, c.store.Now().Add(-chatIdle)); err != nil && ctx.Err() == nil {
			log.Error("idle conversations stay", "err", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// tellEvery is how often the trail is told which requests have passed their 24 hours.
const tellEvery = time.Minute

func (c *call) tellLate(ctx context.Context, log *slog.Logger) {
	for {
		if _, err := c.store.TellLate(ctx); err != nil && ctx.Err() == nil {
			log.Error("the trail does not say yet which requests are late", "err", err)
		}
		if !pause(ctx, tellEvery) {
			return
		}
	}
}

// serveHTTP answers requests until ctx ends; those that are open then have a little time.
func serveHTTP(ctx context.Context, l net.Listener, doors http.Handler, log *slog.Logger) error {
	open, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	srv := &http.Server{Handler: doors, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes, BaseContext: func(net.Listener) context.Context { return open }, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	log.Info("ending")
	time.AfterFunc(grace, end)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*grace)
	defer cancel()
	if err := srv.Shutdown(last); err != nil {
		log.Warn("some requests were cut off", "err", err)
		srv.Close()
	}
	return nil
}

// limited is a listener that keeps a bound on open connections: the next one waits in the system's queue.
type limited struct {
	net.Listener
	free chan struct{}
}

func limit(l net.Listener, n int) net.Listener { return &limited{l, make(chan struct{}, n)} }

// Accept implements net.Listener.
func (l *limited) Accept() (net.Conn, error) {
	l.free <- struct{}{}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &counted{Conn: conn, leave: sync.OnceFunc(func() { <-l.free })}, nil
}

// counted is a connection that gives its place back when it ends.
type counted struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
